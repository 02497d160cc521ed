"""The product with one more view: what a page costs that asks one query and renders nothing."""

from importlib import import_module

from django.http import HttpResponse
from django.urls import path

from collective.wsgi import application

__all__ = ["application"]


def bare(request) -> HttpResponse:
    """One query, no template."""
    return HttpResponse(import_module("collective.models").Community.current().name)


import_module("portal.urls").urlpatterns.append(path("bare/", bare))
