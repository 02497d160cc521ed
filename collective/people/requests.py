"""Requests as a type checker should see them."""

from django.http import HttpRequest

from collective.models import Person


class MemberRequest(HttpRequest):
    """A request by somebody who is signed in, as `login_required` and the admin promise."""

    user: Person
    csp_nonce: str  # for what our own pages run, this once: the middleware of django-csp sets it
