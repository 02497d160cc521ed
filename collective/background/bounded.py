"""Work on what strangers send, in a child process of its own under limits of time and memory.

A file can be small and mean hours of work, or gigabytes. A library that reads it cannot be
interrupted from within, so it runs in a child that the system stops, and the worker lives on.
"""

import contextlib
import gc
import os
import resource
import select
import signal
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from django.db import connections

from collective.errors import RuleError

SECONDS = 30  # of the processor's time
MEGABYTES = 512  # more than the worker itself has
WALL = 2  # times SECONDS may pass by the clock: others are at work, too
DONE, REFUSED, BROKEN, TOO_BIG = b"D", b"R", b"B", b"M"


class TooMuch(Exception):
    """It took more time or memory than it may."""


class Broke(Exception):
    """It failed; says how, for the log."""


def run(act: Callable[[], bytes], *, seconds: int = SECONDS, megabytes: int = MEGABYTES) -> bytes:
    """What the act returns, done in a child process.

    The child has connections of its own to the database, so it sees what is committed. Raises
    TooMuch past the limits, RuleError as the act does, and Broke for any other failure.
    """
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        _work(act, writes, seconds, megabytes)
    os.close(writes)
    try:
        answer = _answer(reads, seconds * WALL)
    finally:
        os.close(reads)
        os.kill(child, signal.SIGKILL)  # it has said all that it will
        with contextlib.suppress(ChildProcessError):  # where the system tidies up by itself
            os.waitpid(child, 0)
    return _told(answer)


def _told(answer: bytes) -> bytes:
    what, words = answer[:1], answer[1:]
    if what == DONE:
        return words
    if what == REFUSED:
        raise RuleError(words.decode())
    if what == BROKEN:
        raise Broke(words.decode())
    raise TooMuch("Stopped by a limit of time or memory.")


def _answer(reads: int, longest: float) -> bytes:
    """All that the child says before its time is over."""
    said, until = bytearray(), time.monotonic() + longest
    while (left := until - time.monotonic()) > 0:
        ready, _, _ = select.select([reads], [], [], left)
        data = os.read(reads, 1 << 20) if ready else b""
        if not data:
            return bytes(said) if ready else b""
        said += data
    return b""


def _work(act: Callable[[], bytes], writes: int, seconds: int, megabytes: int) -> NoReturn:
    """The child: do it, say it, and go without tidying up what is the parent's."""
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
            signal.signal(number, signal.SIG_DFL)
        gc.freeze()
        _leave_the_parents_connections()
        _limit(seconds, megabytes)
        _say(writes, _outcome(act))
    finally:
        os._exit(0)


def _outcome(act: Callable[[], bytes]) -> bytes:
    try:
        return DONE + act()
    except RuleError as error:
        return REFUSED + str(error).encode()
    except MemoryError:
        return TOO_BIG
    except Exception:  # the parent says it to the log
        return BROKEN + traceback.format_exc().encode()


def _limit(seconds: int, megabytes: int) -> None:
    """Set what the system lets this process have."""
    has = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    most = has + megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


_not_ours: list[object] = []  # kept, so that nobody ends them


def _leave_the_parents_connections() -> None:
    """Forget them without closing: the parent goes on speaking through them."""
    for connection in connections.all(initialized_only=True):
        _not_ours.append(connection.connection)
        connection.connection = None
        connection.in_atomic_block = False
        connection.savepoint_ids = []
        connection.needs_rollback = False


def _say(writes: int, answer: bytes) -> None:
    sent = 0
    while sent < len(answer):
        sent += os.write(writes, answer[sent : sent + (1 << 20)])
