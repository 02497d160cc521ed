"""The one place that reads the environment: settings, web server, workers, every role and command.

What is set already counts; what is not, the file `.env` in the project's folder says. A process
that this one starts finds both in its own environment.
"""

import hashlib
import os
from pathlib import Path

import environ

from collective import switches

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
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
# Tells this installation from another one that shares its broker: each has a secret of its own.
INSTALLATION = hashlib.sha256(f"broker:{env('SECRET_KEY', default='')}".encode()).hexdigest()[:12]


def of_a_child(**more: str) -> dict[str, str]:
    """The environment of a process that we start: ours, with what it is given besides."""
    return {**os.environ, **more}
