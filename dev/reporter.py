"""Django's technical pages, but for a database that is away. Django reads this before any model."""

from typing import Any

from django.http import HttpRequest
from django.views.debug import ExceptionReporter

from portal.views import away

MISSED = "collective.missed_database"  # in request.META: the error, where the database was away


class Reporter(ExceptionReporter):
    """Notes where all there is to report is a database that is away."""

    def __init__(self, request: HttpRequest | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        if request is not None and away.is_away(self.exc_value):
            request.META[MISSED] = self.exc_value
