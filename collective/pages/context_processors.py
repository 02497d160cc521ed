from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from collective.models import Community

THEMES = {"light", "dark"}


def community(request: HttpRequest) -> dict[str, Any]:
    """What every page shows: the community (read once, when used), and light or dark."""
    theme = request.COOKIES.get("theme")
    return {
        "community": SimpleLazyObject(Community.current),
        "theme": theme if theme in THEMES else "",
        "is_demonstration": settings.DEBUG,
    }
