"""Starts a server of ours again that died, as a service manager does on a real server."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dev import servers

EVERY = 0.5  # seconds


@contextmanager
def watched(is_stopping: Callable[[], bool]) -> Iterator[None]:
    """While this lasts, a PostgreSQL or Valkey of this process that dies is started again.

    Ctrl-C reaches them, too: once everything stops, they may.
    """
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(over, is_stopping), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _watch(over: threading.Event, is_stopping: Callable[[], bool]) -> None:
    while not over.wait(EVERY) and not is_stopping():
        for name, revive in list(servers.STARTED.items()):
            try:
                revived = revive()
            except Exception:  # it is tried again in a moment: the rest of it is still going
                continue
            if revived:
                print(
                    f"\n  {name} had stopped. It was started again; no data is lost.\n", flush=True
                )
