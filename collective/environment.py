"""The one place that reads the environment: settings, web server, workers, every role and command.

What is set already counts; what is not, the file `.env` in the project's folder says. A process
that this one starts finds both in its own environment.
"""

import hashlib
import os
import sys
from pathlib import Path

import environ

from collective import switches

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
AS_STARTED = dict(os.environ)  # a process that takes our place reads `.env` anew
env.read_env(BASE_DIR / ".env")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collective.settings")

DEBUG = switches.is_on("DEBUG")
HOST = env("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
WEB_WORKERS = env.int("WEB_WORKERS", default=2)
WEB_THREADS = env.int("WEB_THREADS", default=2)
WORKERS = env.int("WORKERS", default=2)
ACCESS_LOG = env("ACCESS_LOG", default="") or None
SITE_URL = env("SITE_URL", default="").rstrip("/")
REDIS_URL = env("REDIS_URL", default="") or None
# How a newer web server is started beside this one, with the names as they were given: they may
# lead through a link that points at another version by then (portal/renewing.py).
AGAIN = env.list("COLLECTIVE_AGAIN", default=[])
# Where worker and beat say that they are alive, for `bin/role healthy`.
ALIVE = env("ALIVE", default="") or None
# Tells this installation from another one that shares its broker: each has a secret of its own.
INSTALLATION = hashlib.sha256(f"broker:{env('SECRET_KEY', default='')}".encode()).hexdigest()[:12]


def web() -> dict[str, str]:
    """The environment of a web server: as this process was started, and how to do it again."""
    again = [sys.executable, str(Path(sys.argv[0]).absolute()), *sys.argv[1:]]
    return {**AS_STARTED, "COLLECTIVE_AGAIN": ",".join(again)}
