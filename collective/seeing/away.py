"""Is the database not there? One line a request says so, and not eighty of traceback."""

import logging

from django.db import DatabaseError, InterfaceError, OperationalError

# SQLSTATE classes and codes of a server that is not there, or not yet, or takes no more visitors
# (PostgreSQL's manual, appendix A).
CONNECTION = "08"
GONE = {"57P01", "57P02", "57P03", "53300"}


def is_away(error: BaseException | None) -> bool:
    """Was this error, or one behind it, that of a database that cannot be reached?"""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if _is_lost(error):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False


def _is_lost(error: BaseException) -> bool:
    if isinstance(error, InterfaceError):
        return "connection" in str(error)
    if not isinstance(error, OperationalError) and type(error) is not DatabaseError:
        return False
    code = getattr(error.__cause__, "pgcode", None)
    return code is None or code in GONE or code.startswith(CONNECTION)


class OneLine(logging.Filter):
    """Keeps eighty lines of traceback for each request out of the log while the database is away.

    What is said of the request itself is dropped, as the page for it says so.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not is_away(error):
            return True
        if record.name == "django.request":
            return False
        record.msg = f"{record.getMessage()}: the database does not answer"
        record.args, record.exc_info, record.exc_text = None, None, None
        return True
