"""What can go wrong with a backup, in sentences for somebody who looks after the server."""

import errno
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import django.db
import psycopg2
import pyrage
from django.core.management.base import CommandError

logger = logging.getLogger("portal.backups")
NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
LONGEST = 400


class BackupError(Exception):
    """It did not work; the sentence says why, and what to do."""


class RefusedError(BackupError):
    """It was not even begun: nothing was written."""


def in_words(error: Exception) -> str:
    """What went wrong, on one line."""
    if isinstance(error, BackupError):
        return str(error)
    if isinstance(error, OSError):
        return _of_the_system(error)
    if isinstance(error, psycopg2.Error | django.db.Error):
        return f"The database did not answer as it should: {_first_line(error)}"
    if isinstance(error, pyrage.EncryptError):
        return f"It could not be encrypted: {_first_line(error)}"
    return f"{type(error).__name__}: {_first_line(error)}"


def _of_the_system(error: OSError) -> str:
    where = error.filename or "where the backup goes"
    if error.errno in NO_SPACE:
        return f"The disk is full ({where}). Make some room, or keep fewer days: BACKUP_DAYS."
    if isinstance(error, PermissionError):
        return f"Not allowed: {where}. It must belong to the user who runs this."
    if isinstance(error, FileNotFoundError):
        return f"Not there: {where}."
    return f"{where}: {error.strerror or _first_line(error)}"


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:LONGEST]


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """What the system says of a write names the folder where it says no name: a full disk."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(folder)
        raise


@contextmanager
def told(what: str) -> Iterator[None]:
    """Whatever fails within ends the command with a sentence, and 1, or 2 if nothing was begun.

    The log gets the same line. What asks us to end (SIGTERM, SIGHUP) ends it tidily.
    """
    try:
        with ended_tidily():
            yield
    except RefusedError as error:
        logger.error("%s: %s", what, error)
        raise CommandError(str(error), returncode=2) from error
    except Exception as error:
        sentence = in_words(error)
        logger.error("%s: %s", what, sentence)
        raise CommandError(sentence) from error


@contextmanager
def ended_tidily() -> Iterator[None]:
    """A signal that asks us to end becomes an exception, so that nothing half is left."""
    asked = (signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, _stop) for number in asked}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    raise BackupError(f"It was stopped ({signal.Signals(number).name}) before it was done.")
