"""Pages that a mail's link opens, for their owner or for the holder of the link's key."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import urlencode

from collective.safety.link_keys import is_key
from events.models import Conversation, Registration

Row = TypeVar("Row", Registration, Conversation)
Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]


def by_owner_or_key(
    request: HttpRequest, rows: QuerySet[Row], pk: UUID, purpose: str
) -> tuple[Row, str]:
    """(row, key): for its owner, or for the holder of a mail's link with this purpose.

    The key is "" for the owner, else as an address carries it. Anybody else gets a 404.
    """
    found = get_object_or_404(rows, pk=pk)
    if request.user.is_authenticated and found.person_id == request.user.pk:
        return found, ""
    key = request.GET.get("key", "")
    if found.link_is_good and is_key(key, purpose, pk):
        return found, f"?{urlencode({'key': key})}"
    raise Http404


def signed_in_or_with_key(view: View[Rest]) -> View[Rest]:
    """Somebody who is signed out and has no key signs in first.

    Whether the row exists is not told.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated and "key" not in request.GET:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return wrapper
