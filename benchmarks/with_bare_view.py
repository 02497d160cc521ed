"""The product with one more view: what a page costs that asks one query and renders nothing."""

from django.http import HttpResponse
from django.urls import path

from collective import urls
from collective.models import Community
from collective.wsgi import application


def bare(request):
    return HttpResponse(Community.current().name)


urls.urlpatterns.append(path("bare/", bare))

__all__ = ["application"]
