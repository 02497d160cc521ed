"""The weekly drill: is the newest set one that would bring everything back?

It is restored into a second database beside ours, looked through, and dropped again. Nothing is
sent, nothing of ours is touched: what has to run there runs in a process of its own, with that
database, and without mail, broker and Stripe.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import psycopg2

from collective import clock, environment
from collective.models import Backup
from portal.backups import bringing_back, media, postgres
from portal.backups.opening import Chosen
from portal.backups.problems import BackupError, in_words

OURS = "Made by manage.py prove_backup, which drops it."
SENDS_NOTHING = {
    "EMAIL_URL": "dummymail://",
    "REDIS_URL": "redis://127.0.0.1:1",
    "STRIPE_API_KEY": "",
    "MEDIA_ROOT": "/nonexistent",
}


@dataclass
class Proof:
    """What was seen in the second database."""

    tables: int
    rows: int
    decrypted: int
    files: int


def prove(chosen: Chosen) -> Proof:
    """Restore the set beside our database and compare; the row of the backup says how it went.

    Raises BackupError, or a database's error, for what does not hold.
    """
    taken_at = chosen.files.taken_at
    try:
        found = _look(chosen)
    except Exception as error:
        _note(taken_at, proof_error=in_words(error))
        raise
    _note(taken_at, proof_error="", proved_at=clock.now())
    return found


def _note(taken_at: datetime, **more: Any) -> None:
    Backup.objects.update_or_create(taken_at=taken_at, restored_at=None, defaults=more)


def _look(chosen: Chosen) -> Proof:
    found = chosen.manifest
    assert found is not None
    found.check_format()
    found.check_keys()
    chosen.check_files()
    files = _check_uploads(chosen)
    with second_database() as name:
        bringing_back.load(chosen, database=name)
        with postgres.connected(name) as connection, connection.cursor() as cursor:
            rows = _compare(postgres.tables(cursor), found.tables)
        decrypted = bringing_back.check_readable(name)
        for command in (["migrate", "--verbosity=0"], ["check_invariants"]):
            _run_there(name, *command)
    return Proof(len(found.tables), rows, decrypted, files)


def _check_uploads(chosen: Chosen) -> int:
    assert chosen.manifest
    if chosen.files.media is None:
        raise BackupError("The set has no uploads.")
    with chosen.reading(chosen.files.media) as reader:
        held = media.look_through(reader)
    said = chosen.manifest.body["media"]
    if (held.files, held.sha256) != (said["files"], said["sha256"]):
        raise BackupError(
            f"The archive of uploads holds {held.files} files, the manifest says {said['files']}: "
            "they are not the same."
        )
    return held.files


def _compare(there: dict[str, int], said: dict[str, int]) -> int:
    """How many rows there are. Raises BackupError for tables that differ, by name."""
    names = sorted(there.keys() | said.keys())
    differ = [name for name in names if there.get(name) != said.get(name)]
    if differ:
        first = differ[0]
        raise BackupError(
            f"{len(differ)} tables are not as when the backup was taken; {first} has "
            f"{there.get(first, 'no')} rows instead of {said.get(first, 'no')}."
        )
    return sum(there.values())


@contextmanager
def second_database() -> Iterator[str]:
    """An empty database beside ours, dropped at the end; one that a killed drill left goes first.

    Raises BackupError where we may not make one, or another drill is under way.
    """
    name = f"{postgres.address()['dbname'][:50]}_backup_proof"
    quoted = postgres.quoted(name)
    with postgres.connected() as connection, connection.cursor() as cursor:
        connection.autocommit = True
        _drop_left_over(cursor, name)
        try:
            cursor.execute(f"CREATE DATABASE {quoted} TEMPLATE template0")
        except psycopg2.errors.InsufficientPrivilege as error:
            user = postgres.address().get("user", "collective")
            raise BackupError(
                f"A second database cannot be made. Allow it: ALTER ROLE {user} CREATEDB"
            ) from error
        try:
            cursor.execute(f"COMMENT ON DATABASE {quoted} IS %s", [OURS])
            yield name
        finally:
            cursor.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")


def _drop_left_over(cursor: "postgres.Cursor", name: str) -> None:
    cursor.execute(
        "SELECT shobj_description(oid, 'pg_database'), "
        "(SELECT count(*) FROM pg_stat_activity WHERE datname = pg_database.datname) "
        "FROM pg_database WHERE datname = %s",
        [name],
    )
    if (found := cursor.fetchone()) is None:
        return
    if found[0] != OURS:
        raise BackupError(f"There is a database {name} that the drill did not make. Drop it first.")
    if found[1]:
        raise BackupError(f"Another drill is under way: the database {name} is in use.")
    cursor.execute(f"DROP DATABASE {postgres.quoted(name)} WITH (FORCE)")


def _run_there(name: str, *command: str) -> None:
    """A command of ours on the second database, by a process that can send nothing."""
    env = environment.of_a_child(**SENDS_NOTHING, DATABASE_URL=_url(name))
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        env=env,
        cwd=environment.BASE_DIR,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise BackupError(f"On the restored database {command[0]} says: {_sentence(done.stderr)}")


def _sentence(said: str) -> str:
    """The last thing that was said, without the places in the code that stand indented below it."""
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(" ")]
    return lines[-1][:500] if lines else "no word"


def _url(name: str) -> str:
    """An address of the second database, for DATABASE_URL: in the environment only."""
    parts = postgres.address(name)
    user = quote(str(parts.pop("user", "")), safe="")
    password = quote(str(parts.pop("password", "")), safe="")
    path = quote(str(parts.pop("dbname")), safe="")
    who = f"{user}:{password}@" if password else f"{user}@" if user else ""
    return f"postgresql://{who}/{path}?{urlencode(parts)}"
