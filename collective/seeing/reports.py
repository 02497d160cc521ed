"""Reports of faults to Sentry, or to a server that speaks its language, where SENTRY_DSN is set.

Whatever is logged as an error is reported, once, through Python's logging: nothing of Django,
Celery or the database is patched. An event is written anew from what may leave (`_event`): types
and places of exceptions, names of routes, versions. All else that the library gathers stays here.
"""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.logging import EventHandler

import collective
from collective.environment import INSTALLATION
from collective.seeing import faults, lines, request_ids

HANDLER = "reports"
KEPT = ("event_id", "timestamp", "platform", "level", "logger", "sdk", "release", "environment")
OF_A_PLACE = ("filename", "function", "module", "lineno", "in_app")


class Handler(EventHandler):
    """Python's logging calls it for errors; what it must not report is filtered before."""


def start(dsn: str, logging: dict[str, Any]) -> None:
    """Report from now on, and add the handler to the settings of Python's logging."""
    sentry_sdk.init(
        dsn=dsn,
        release=collective.__version__,
        default_integrations=False,
        integrations=[AtexitIntegration(callback=lambda pending, timeout: None)],
        auto_enabling_integrations=False,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        server_name=INSTALLATION,
        before_send=_event,
    )
    logging["handlers"][HANDLER] = {
        "class": "collective.seeing.reports.Handler",
        "level": "ERROR",
        "filters": ["one line"],
    }
    logging["root"]["handlers"].append(HANDLER)


def _event(event: Any, hint: dict[str, Any]) -> Any:
    """The event anew, out of what may leave."""
    record = hint.get("log_record")
    kept = {key: event[key] for key in KEPT if key in event}
    tags = {"request_id": request_ids.current()}
    if record is not None:
        kept["logentry"] = {"formatted": lines.words(record)}
    exceptions = (event.get("exception") or {}).get("values") or []
    if exceptions:
        kept["exception"] = {"values": _exceptions(exceptions, hint)}
    return {**kept, "server_name": INSTALLATION, "tags": tags}


def _exceptions(values: list[dict[str, Any]], hint: dict[str, Any]) -> list[dict[str, Any]]:
    """Each with its type and where it happened; in the place of its text, what a machine said."""
    error = (hint.get("exc_info") or (None, None, None))[1]
    said = {type(one).__name__: faults.summary(one) for one in faults.chain(error)}
    return [
        {
            "type": row.get("type"),
            "module": row.get("module"),
            "value": said.get(str(row.get("type")), ""),
            "stacktrace": {"frames": _places(row)},
        }
        for row in values
    ]


def _places(row: dict[str, Any]) -> list[dict[str, Any]]:
    frames = (row.get("stacktrace") or {}).get("frames") or []
    return [{key: frame[key] for key in OF_A_PLACE if key in frame} for frame in frames]
