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
from collective.safety import start

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
AS_STARTED = dict(os.environ)  # a process that takes our place reads `.env` anew
env.read_env(BASE_DIR / ".env")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collective.settings")


def number(name: str) -> int:
    """A whole number; what it is where it is not set stands in `start.NUMBERS`.

    One that cannot be right is as if it was not set: the settings refuse it by its name.
    """
    return start.number(name, env.ENVIRON)


def refusals() -> list[str]:
    """Why nothing starts with this environment, each variable by its name; mostly nothing."""
    return list(start.refusals(env.ENVIRON, debug=DEBUG))


DEBUG = switches.is_on("DEBUG")
HOST = env("HOST", default="127.0.0.1")
PORT = number("PORT")
WEB_WORKERS = number("WEB_WORKERS")
WEB_THREADS = number("WEB_THREADS")
WORKERS = number("WORKERS")
ACCESS_LOG = env("ACCESS_LOG", default="") or None
LOG_FORMAT = env("LOG_FORMAT", default="text")
LOG_LEVEL = env("LOG_LEVEL", default="WARNING")
SITE_URL = env("SITE_URL", default="").rstrip("/")
REDIS_URL = env("REDIS_URL", default="") or None
# How a newer web server is started beside this one, with the names as they were given: they may
# lead through a link that points at another version by then (portal/renewing.py).
AGAIN = env.list("COLLECTIVE_AGAIN", default=[])
# Where worker and beat say that they are alive, for `bin/role healthy`.
ALIVE = env("ALIVE", default="") or None
# Tells this installation from another one that shares its broker: each has a secret of its own.
INSTALLATION = hashlib.sha256(f"broker:{env('SECRET_KEY', default='')}".encode()).hexdigest()[:12]


def counts_folder() -> Path | None:
    """Where the processes of this web server count together (gunicorn.conf.py); None elsewhere."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    return Path(folder) if folder else None


def of_a_child(**more: str) -> dict[str, str]:
    """The environment of a process that we start: ours, with what it is given besides."""
    return {**os.environ, **more}


def web() -> dict[str, str]:
    """The environment of a web server: as this process was started, and how to do it again."""
    again = [sys.executable, str(Path(sys.argv[0]).absolute()), *sys.argv[1:]]
    return {**AS_STARTED, "COLLECTIVE_AGAIN": ",".join(again)}
