"""Browsers in which somebody signed in before: a stranger who floods an address does not slow them.

A signed cookie says with which addresses, as keyed hashes. It opens nothing: with it a code may be
asked for when strangers have used up the others.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from collective.models import SignIn
from collective.people.sign_in_limits import hashed

COOKIE = "__Host-known" if settings.HTTPS else "known"
SALT = "known-browser"
LASTS = 365 * 24 * 3600  # seconds
MOST = 5  # addresses: a family, or a shared computer


def proof_in(request: HttpRequest, email: str) -> SignIn.Proof:
    """BROWSER where somebody signed in with this address here before, else NONE."""
    known = _hash(email) in _known(request)
    return SignIn.Proof.BROWSER if known else SignIn.Proof.NONE


def remember(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Somebody has shown here that they read mail at this address."""
    mine = _hash(email)
    others = [known for known in _known(request) if known != mine]
    response.set_signed_cookie(
        COOKIE,
        ".".join([mine, *others][:MOST]),
        salt=SALT,
        max_age=LASTS,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _known(request: HttpRequest) -> list[str]:
    text = request.get_signed_cookie(COOKIE, "", salt=SALT, max_age=LASTS)
    return text.split(".") if text else []


def _hash(email: str) -> str:
    return hashed(f"known-browser:{email}")
