from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from collective.models import Community

A_YEAR = 365 * 24 * 3600  # seconds; the address changes with the look


def _kept(response: FileResponse | HttpResponse, community: Community, version: str):
    patch_cache_control(response, public=True, max_age=A_YEAR if version == community.look else 0)
    return response


@require_safe
def look(request: HttpRequest, version: str):
    """The community's own colours and mark, as a style sheet after ours."""
    community = Community.current()
    css = render_to_string("look.css", {"community": community})
    return _kept(HttpResponse(css, content_type="text/css; charset=utf-8"), community, version)


@require_safe
def mark(request: HttpRequest, version: str):
    """The community's sign; what was uploaded was read and written anew as WebP."""
    community = Community.current()
    if not community.mark:
        raise Http404
    return _kept(FileResponse(community.mark.open(), content_type="image/webp"), community, version)
