"""Which codes were asked for in this browser: only here can they be typed."""

from django.http import HttpRequest

from collective.models import SignIn

SESSION_KEY = "sign_in"
MOST = 10


def remember(request: HttpRequest, sign_in: SignIn) -> None:
    """This browser asked for it; the oldest of many is forgotten."""
    request.session[SESSION_KEY] = [*_keys(request), str(sign_in.pk)][-MOST:]


def of(request: HttpRequest) -> list[SignIn]:
    """What was asked for here, the newest first, whether or not it can still be used."""
    rows = SignIn.objects.filter(pk__in=_keys(request), person=None)
    return list(rows.order_by("-created_at"))


def forget(request: HttpRequest) -> None:
    """Somebody has signed in: the other codes of this browser open nothing any more."""
    request.session.pop(SESSION_KEY, None)


def _keys(request: HttpRequest) -> list[str]:
    """Their keys; the version before kept one."""
    kept = request.session.get(SESSION_KEY) or []
    return [kept] if isinstance(kept, str) else list(kept)
