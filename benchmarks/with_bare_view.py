"""The product with one more view: what a page costs that asks one query and renders nothing."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from collective.wsgi import application  # sets Django up, so it stands before what needs models

# isort: split
from collective.models import Community
from portal.urls import urlpatterns

__all__ = ["application"]


def bare(request: HttpRequest) -> HttpResponse:
    """One query, no template."""
    return HttpResponse(Community.current().name)


urlpatterns.append(path("bare/", bare))
