from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from collective.models import Page, SupportLine
from collective.pages.context_processors import THEMES
from collective.pages.forms import DisplayForm

YEAR = 365 * 24 * 3600


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """A page that staff wrote."""
    found = get_object_or_404(Page, slug=slug)
    lines = SupportLine.objects.all() if found.shows_support_lines else []
    return render(request, "collective/page.html", {"page": found, "lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    """Light or dark: kept in a cookie, so that it works without an account and without
    JavaScript.
    """
    theme = request.COOKIES.get("theme")
    form = DisplayForm(
        request.POST or None, initial={"theme": theme if theme in THEMES else "system"}
    )
    if request.method == "POST" and form.is_valid():
        messages.success(request, "We have saved how our pages look on this device.")
        response = redirect("display")
        if form.cleaned_data["theme"] in THEMES:
            response.set_cookie("theme", form.cleaned_data["theme"], max_age=YEAR, samesite="Lax")
        else:
            response.delete_cookie("theme")
        return response
    return render(request, "collective/display.html", {"form": form})
