"""Requests as a type checker should see them."""

from django.http import HttpRequest

from collective.models import Person


class MemberRequest(HttpRequest):
    """A request by somebody who is signed in, as `login_required` and the admin promise."""

    user: Person
    csp_nonce: object  # by django-csp: becomes the nonce as soon as it is printed
