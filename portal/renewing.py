"""A newer web server takes the place of an older one, and no visitor notices.

The older one starts the newer beside itself, at the same address, from what is installed by then.
Only when the newer can answer does it tell the older to finish what it has begun and to go. Where
it cannot, it ends, and the older goes on. `bin/role renew` asks for it, or the signal HUP.
"""

import contextlib
import logging
import os
import signal
import sys
from typing import Any
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

from gunicorn.arbiter import Arbiter
from gunicorn.systemd import sd_notify

from collective import environment

logger = logging.getLogger(__name__)


def be_renewable(server: Any) -> None:
    """HUP and USR2 start a newer server beside this one.

    gunicorn's own HUP would keep the old modules and read the new templates. The first process of
    a container cannot go before the container does, so there both are refused.
    """
    if environment.AGAIN:
        args = list(environment.AGAIN)
        server.START_CTX = {"args": args, "cwd": "/", 0: args[0]}
    server.handle_hup = server.handle_usr2 = lambda: _begin(server)


def _begin(server: Arbiter) -> None:
    if os.getpid() == 1:
        logger.warning("A container is not renewed from within. Start another and stop this one.")
    else:
        server.reexec()


def remember_predecessor(server: Arbiter, worker: Any) -> None:
    """Tell a process that is about to be made whose place it takes, if anybody's."""
    is_beside = server.master_pid == os.getppid()
    worker.predecessor = server.master_pid if is_beside else 0


def take_over(worker: Any) -> None:
    """Send the older server away, once a page was made here; where none can be, end this one."""
    if not _can_answer(worker):
        logger.error("The new web server cannot answer, so the old one goes on.")
        sys.exit(Arbiter.WORKER_BOOT_ERROR)
    sd_notify(f"MAINPID={os.getppid()}", logger)  # systemd watches the newer from now on
    with contextlib.suppress(ProcessLookupError):  # another process of ours was quicker
        os.kill(worker.predecessor, signal.SIGTERM)


def _can_answer(worker: Any) -> bool:
    environ: dict[str, Any] = {"PATH_INFO": "/health/live"}
    setup_testing_defaults(environ)
    environ["HTTP_HOST"] = urlsplit(environment.SITE_URL).netloc  # no other is answered
    told: list[str] = []
    answer = worker.wsgi(environ, lambda status, headers, *rest: told.append(status))
    getattr(answer, "close", lambda: None)()
    return told[0].startswith("200")
