from typing import TypeVar

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from collective.models import Community
from collective.safety import uploads

A_YEAR = 365 * 24 * 3600  # seconds; the address changes with the look


Response = TypeVar("Response", bound=HttpResponseBase)


def _cached(response: Response, community: Community, version: str) -> Response:
    """Kept for long by browsers, if it is the look of now."""
    patch_cache_control(response, public=True, max_age=A_YEAR if version == community.look else 0)
    return response


@require_safe
def look(request: HttpRequest, version: str) -> HttpResponse:
    """The community's own colours and mark, as a style sheet after ours."""
    community = Community.current()
    css = render_to_string("look.css", {"community": community})
    return _cached(HttpResponse(css, content_type="text/css; charset=utf-8"), community, version)


@require_safe
def mark(request: HttpRequest, version: str) -> FileResponse:
    """The community's sign; what was uploaded was read and written anew as WebP."""
    community = Community.current()
    if not community.mark:
        raise Http404
    picture = FileResponse(uploads.opened(community.mark), content_type="image/webp")
    return _cached(picture, community, version)
