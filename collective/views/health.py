from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from collective.background import sweeps


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "live"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """The database answers and the sweeps are running; 503 and a reason otherwise."""
    try:
        late = sweeps.late()
    except DatabaseError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    if late:
        return JsonResponse({"status": "sweeps are late", "late": late}, status=503)
    return JsonResponse({"status": "ready"})
