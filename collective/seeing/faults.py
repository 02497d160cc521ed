"""What may be said of an exception where others read it: its type and place, and no value.

The text of an exception often holds what somebody typed (`Key (email)=(...)`, `invalid input syntax
for ...`, a mail server's answer). So none is repeated. What a machine wrote and no person is added:
SQLSTATE and names of tables and constraints, a mail server's codes, a number of the system.
"""

import smtplib
import traceback
from collections.abc import Iterator

from django.core.exceptions import ImproperlyConfigured
from django.template import TemplateDoesNotExist
from psycopg2 import errorcodes

MOST = 10  # causes that are followed
ABOUT_CODE = (ImportError, NameError, ImproperlyConfigured, TemplateDoesNotExist)
NAMES = ("constraint_name", "table_name", "column_name")


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """This exception and those behind it, the newest first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen and len(seen) < MOST:
        yield error
        seen.add(id(error))
        hidden = error.__suppress_context__
        error = error.__cause__ or (None if hidden else error.__context__)


def summary(error: BaseException) -> str:
    """One line: the type, and what a machine says of it."""
    name = type(error).__qualname__
    said = _said(error)
    return f"{name}: {said}" if said else name


def _said(error: BaseException) -> str:
    if isinstance(error, ABOUT_CODE):
        return _one_line(str(error))
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return ", ".join(str(code) for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return str(error.smtp_code)
    if isinstance(error, BaseExceptionGroup):
        return ", ".join(type(one).__qualname__ for one in error.exceptions)
    if isinstance(error, OSError):
        return f"[Errno {error.errno}]" if error.errno else ""
    return _of_the_database(error)


def _of_the_database(error: BaseException) -> str:
    """SQLSTATE with its name, and what it is about (PostgreSQL's manual, appendix A)."""
    origin = error if hasattr(error, "diag") else error.__cause__
    code = getattr(origin, "pgcode", None)
    if not code:
        return ""
    diag = getattr(origin, "diag", None)
    names = [getattr(diag, name, None) for name in NAMES]
    return " ".join([code, errorcodes.lookup(code).lower(), *filter(None, names)])


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]


def places(error: BaseException) -> str:
    """The traceback of this exception and those behind it, without one text of theirs."""
    parts = [
        "".join([*traceback.format_tb(one.__traceback__), summary(one), "\n"])
        for one in reversed(list(chain(error)))
    ]
    return "Behind it:\n".join(parts).rstrip()
