from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from collective.background import standing_in, sweeps
from collective.seeing import problems


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "live"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """The database answers, the work is in time, mail is taken; 503 and reasons otherwise."""
    try:
        late = sweeps.late()
        reasons = [
            *(["sweeps are late"] if late else []),
            *(["mail is refused"] if problems.mail_is_refused() else []),
            *(["the stand-in does the worker's work"] if standing_in.is_standing_in() else []),
        ]
    except DatabaseError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    if not reasons:
        return JsonResponse({"status": "ready"})
    found = {"status": ", ".join(reasons), "late": late}
    return JsonResponse({key: value for key, value in found.items() if value}, status=503)
