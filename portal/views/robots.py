from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

A_DAY = 86400  # seconds
# Where somebody has to sign in: nothing for a search engine. Pages that a link with a key opens are
# not among them, as only who may fetch a page reads that it is not to be kept (X-Robots-Tag).
PRIVATE = (
    "/accounts/",
    "/admin/",
    "/me/",
    "/payments/",
    "/expenses/",
    "/display/",
    "/health/",
    "/webhooks/",
    "/*/write/",
    "/*/sign-up/",
    "/*/book/",
    "/*/host/",
)


@require_safe
@cache_control(public=True, max_age=A_DAY)
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may look at (RFC 9309): what is public; of a demonstration nothing."""
    closed = ("/",) if settings.DEBUG else PRIVATE
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
