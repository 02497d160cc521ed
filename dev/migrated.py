"""A database that all migrations have made: the template of what each worker of the tests gets.

Migrations take ten seconds, a copy a tenth of one. The template is made anew where anything that
shapes a fresh database has changed.
"""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil
import psycopg2

if TYPE_CHECKING:
    from psycopg2.extensions import cursor as Cursor

ROOT = Path(__file__).resolve().parent.parent
SHAPES = ["*/migrations/*.py", "requirements.txt", "collective/settings.py", "dev/migrated.py"]
TEMPLATE, COPY = "collective_migrated_", "collective_tests_"
MAKING = 1466  # an advisory lock: one run makes the template, others wait for it


def template(url: str, env: dict[str, str]) -> str:
    """The name of the template on this server, made where there is none yet."""
    name = TEMPLATE + fingerprint()
    with admin(url) as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MAKING])
        drop_left_over(cursor, name)
        if name not in names(cursor, name):
            cursor.execute(f"CREATE DATABASE {name}_unfinished")
            make_tables({**env, "DATABASE_URL": address_of(url, f"{name}_unfinished")})
            cursor.execute(f"ALTER DATABASE {name}_unfinished RENAME TO {name}")
    return name


def fingerprint() -> str:
    """A hash of every file that shapes a fresh database."""
    paths = sorted(path for shape in SHAPES for path in ROOT.glob(shape))
    found = hashlib.sha256()
    for path in paths:
        found.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def make_tables(env: dict[str, str]) -> None:
    """Every table that a test may need: what the migrations make, and the cache's."""
    for name in ("migrate", "createcachetable"):
        command = [sys.executable, "manage.py", name, "--verbosity=0"]
        subprocess.run(command, env=env, cwd=ROOT, check=True)


def copy(url: str, template: str, run: str, worker: str) -> str:
    """A new copy of the template for this worker of this run; returns its name."""
    name = f"{COPY}{run}_{worker}"
    with admin(url) as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return name


def drop(url: str, name: str) -> None:
    with admin(url) as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def drop_left_over(cursor: "Cursor", template: str) -> None:
    """Drop templates of other versions, and copies of runs that are no more."""
    for name in names(cursor, TEMPLATE) - {template}:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    for name in names(cursor, COPY):
        if not psutil.pid_exists(int(name.removeprefix(COPY).split("_")[0])):
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def names(cursor: "Cursor", prefix: str) -> set[str]:
    cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
    return {row[0] for row in cursor.fetchall()}


@contextmanager
def admin(url: str) -> "Iterator[Cursor]":
    """A cursor that makes and drops databases."""
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def address_of(url: str, name: str) -> str:
    """The address of another database on the same server."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()
