"""Pages that a link in a mail opens: for their owner, signed in, or for the holder of the link's key."""

from functools import wraps
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.http import urlencode

from collective.safety.link_keys import is_key


def by_owner_or_key(request: HttpRequest, rows, pk: UUID, purpose: str):
    """(row, key): for its owner, or for who holds the link from a mail with this purpose.

    Anybody else gets a 404.
    """
    found = get_object_or_404(rows, pk=pk)
    if request.user.is_authenticated and found.person_id == request.user.pk:
        return found, ""
    key = request.GET.get("key", "")
    if found.link_is_good and is_key(key, purpose, pk):
        return found, f"?{urlencode({'key': key})}"
    raise Http404


def signed_in_or_with_key(view):
    """Who is signed out and has no key signs in first; whether the row exists is not told."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args, **kwargs):
        if not request.user.is_authenticated and "key" not in request.GET:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return wrapper
