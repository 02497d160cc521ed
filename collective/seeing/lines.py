"""What a log line looks like, in every process: time (UTC), level, request id, logger, message.

Text, or JSON with LOG_FORMAT=json. An exception is one record: its summary, then its places. No
line holds what somebody typed: texts of exceptions are left out (`faults`), and addresses are taken
out of whatever else is written, by libraries too.
"""

import logging
import re
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from pythonjsonlogger.json import JsonFormatter

from collective.seeing import faults, request_ids

ADDRESS = re.compile(r"[^\s@<>\"'(),;:=/]+@[^\s@<>\"'(),;:/]+")
QUERY = re.compile(r"\?[^\s\"'<>]+")
KEY_DETAIL = re.compile(r"\)=\(.*?\)")
# These repeat what a visitor sent in headers; their names say what it was.
ONLY_THE_NAME = ("django.security",)
SHORTEST = 4  # letters of an exception's text that are looked for in a line
FIELDS = ["time", "level", "request_id", "logger", "message"]
logger = logging.getLogger("collective.uncaught")


def moment(record: logging.LogRecord) -> str:
    """When it was written, by ISO 8601."""
    when = datetime.fromtimestamp(record.created, UTC)
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def words(record: logging.LogRecord) -> str:
    """The message, with nothing in it that somebody typed; with the summary of its exception."""
    if record.name.startswith(ONLY_THE_NAME):
        return f"Refused: {record.name.rpartition('.')[2]}"
    error = _error_of(record)
    text = _plain(record, error)
    text = KEY_DETAIL.sub(")=(…)", ADDRESS.sub("…@…", QUERY.sub("?…", text)))
    return f"{text} ({faults.summary(error)})" if error else text


def _error_of(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if isinstance(record.exc_info, tuple) else None


def _plain(record: logging.LogRecord, error: BaseException | None) -> str:
    """The message without the texts of its exception, wherever its writer has put them in."""
    if error and isinstance(record.args, dict) and "exc" in record.args:  # Celery's own lines
        return f"Task {record.args.get('name')}[{record.args.get('id')}] failed"
    text = record.getMessage()
    for one in faults.chain(error):
        for said in (repr(one), str(one), *map(str, one.args)):
            text = text.replace(said, "…") if len(said) >= SHORTEST else text
    return text


def places(record: logging.LogRecord) -> str:
    """The traceback, without values; "" where there is none."""
    error = _error_of(record)
    return faults.places(error) if error else ""


class Text(logging.Formatter):
    """One line a record, and below it, indented, where an exception happened."""

    def format(self, record: logging.LogRecord) -> str:
        text = words(record).replace("\r", "\\r").replace("\n", "\\n")
        head = f"{moment(record)} {record.levelname} {request_ids.current() or '-'} {record.name}"
        below = places(record).replace("\n", "\n    ")
        return f"{head} {text}" + (f"\n    {below}" if below else "")


class Json(JsonFormatter):
    """One JSON object a line; an exception's places are its field `places`."""

    def __init__(self) -> None:
        super().__init__(FIELDS)

    def format(self, record: logging.LogRecord) -> str:
        """Only these fields: what a library adds to a record may be anything."""
        values = {
            "time": moment(record),
            "level": record.levelname,
            "request_id": request_ids.current(),
            "logger": record.name,
            "message": words(record),
        }
        below = places(record)
        return self.serialize_log_record({**values, "places": below} if below else values)


def config(kind: str, level: str) -> dict[str, Any]:
    """Python's logging for one process: all lines go to stderr."""
    formatter = {"json": "Json", "text": "Text"}.get(kind)
    if formatter is None:
        raise ImproperlyConfigured("LOG_FORMAT must be text or json.")
    stream = {"formatter": "line", "filters": ["one line"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"collective.seeing.lines.{formatter}"}},
        "filters": {"one line": {"()": "collective.seeing.away.OneLine"}},
        "handlers": {"console": {"class": "logging.StreamHandler", **stream}},
        "loggers": {
            "django": {"handlers": []},  # the root's is enough: no line comes twice
            "collective.people.sign_in": {"level": "INFO"},  # how they go, without any address
        },
        "root": {"handlers": ["console"], "level": level},
    }


def of_the_web_server(kind: str, level: str, access: str | None) -> dict[str, Any]:
    """Its logging, with its access log on stdout or in a file that no other process opens."""
    found = config(kind, level)
    to_file = {"class": "logging.handlers.WatchedFileHandler", "filename": access}
    to_stdout = {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}
    where = to_stdout if access in {None, "-"} else to_file
    found["handlers"]["access"] = {**where, "formatter": "line"}
    found["loggers"] |= {
        "gunicorn.error": {"handlers": ["console"], "propagate": False},
        "gunicorn.access": {"handlers": ["access"], "propagate": False, "level": "INFO"},
    }
    return found


def catch_uncaught() -> None:
    """Warnings, and what ends a process or a thread, are lines like any other, without values."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            logger.critical("This process ends", exc_info=error)

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            logger.critical("A thread has ended", exc_info=args.exc_value)

    logging.captureWarnings(True)
    sys.excepthook, threading.excepthook = hook, thread_hook
