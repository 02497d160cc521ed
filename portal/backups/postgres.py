"""PostgreSQL's own tools as processes, and our own look at a database while it is dumped."""

import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
from django.db import connection
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor
from psycopg2.extensions import make_dsn

from collective import environment
from collective.background import restoring
from portal.backups.problems import BackupError
from portal.backups.streams import Writer, pieces

# Fernet's tokens begin so until 2106; "id:" is what collective/safety/encryption.py puts before.
A_TOKEN = r'(?:^|")({ids}):(gAAAA[A-Za-z0-9_-]+={{0,2}})'
INSTALL = "Install PostgreSQL's client, of the server's version or newer: postgresql-client."


def address(name: str | None = None) -> dict[str, Any]:
    """How to reach our database, or another one on the same server."""
    found = connection.settings_dict
    parts = {key: found.get(key.upper()) for key in ("user", "password", "host", "port")}
    known = {key: str(value) for key, value in parts.items() if value}
    return {"dbname": name or found["NAME"], **known, **found.get("OPTIONS", {})}


@contextmanager
def connected(name: str | None = None) -> Iterator[Connection]:
    """A connection of our own, beside Django's."""
    found = psycopg2.connect(**address(name))
    try:
        yield found
    finally:
        found.close()


@contextmanager
def tool(name: str, *options: str, database: str | None = None, **pipes: Any) -> Iterator[Any]:
    """pg_dump or pg_restore, with our database; the password is in no list of processes.

    Raises BackupError with its last words where it does not end well; it is gone in any case.
    """
    parts = address(database)
    password = parts.pop("password", None)
    secret = {"PGPASSWORD": password} if password else {}
    env = environment.of_a_child(LC_MESSAGES="C", **secret)
    where = [] if database == "" else [f"--dbname={make_dsn(**parts)}"]
    try:
        process = subprocess.Popen(
            [name, *options, *where], env=env, stderr=subprocess.PIPE, **pipes
        )
    except FileNotFoundError as error:
        raise BackupError(f"{name} is not there. {INSTALL}") from error
    try:
        yield process
        _close(process.stdin)
        words = _rest_of(process.stderr)
        if process.wait():
            raise BackupError(_last_words(name, process.returncode, words))
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            _close(pipe)


def _rest_of(pipe: Any) -> str:
    return pipe.read().decode(errors="replace")


def _close(pipe: Any) -> None:
    if pipe:
        with suppress(BrokenPipeError):
            pipe.close()


def _last_words(name: str, code: int, words: str) -> str:
    if code < 0:
        return f"{name} was killed (signal {-code})."
    lines = [line for line in words.strip().splitlines() if line.strip()]
    first = next((line for line in lines if "error" in line.lower()), "")
    more = f" {INSTALL}" if "version" in first else ""
    return f"{name} did not end well: {(first or ' '.join(lines[-1:]))[:400]}{more}"


def dump(writer: Writer, snapshot: str) -> None:
    """Write what pg_dump says of this snapshot, and check with pg_restore that it can be read."""
    how = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    reads: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL}
    with (
        tool("pg_restore", "--file=/dev/null", database="", **reads) as check,
        tool("pg_dump", *how, stdout=subprocess.PIPE) as source,
    ):
        for data in pieces(source.stdout):
            writer.write(data)
            hand_on(check.stdin, data)


def hand_on(pipe: Any, data: bytes) -> None:
    """Give a tool its food. Where it has ended already, it says why when it is waited for."""
    with suppress(BrokenPipeError):
        pipe.write(data)


def answer(cursor: Cursor, sql: str) -> Any:
    """The one value that a query gives."""
    cursor.execute(sql)
    row = cursor.fetchone()
    assert row is not None
    return row[0]


def tables(cursor: Cursor) -> dict[str, int]:
    """How many rows each table has."""
    found = {}
    for name in _names_of_tables(cursor):
        found[name] = answer(cursor, f"SELECT count(*) FROM {quoted(name)}")
    return found


def number_of_tables(cursor: Cursor) -> int:
    """How many there are, apart from the sign that a restore is under way."""
    return len(set(_names_of_tables(cursor)) - {restoring.UNDER_WAY})


def _names_of_tables(cursor: Cursor) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return [name for (name,) in cursor.fetchall()]


def newest_migrations(cursor: Cursor) -> dict[str, str]:
    """{app: the newest of its migrations that the database has seen}."""
    cursor.execute(
        "SELECT app, (array_agg(name ORDER BY id DESC))[1] FROM django_migrations GROUP BY app"
    )
    return dict(cursor.fetchall())


def tokens(cursor: Cursor, key_ids: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """(table.column, id of a key, a token) for each column and each of these keys that is there.

    Every column of text is looked at, so nobody has to name a new one that is encrypted.
    """
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns "
        "JOIN pg_tables ON schemaname = table_schema AND tablename = table_name "
        "WHERE table_schema = 'public' AND data_type IN "
        "('text', 'character varying', 'json', 'jsonb') ORDER BY 1, 2"
    )
    pattern = A_TOKEN.format(ids="|".join(re.escape(key_id) for key_id in key_ids))
    for table, column in cursor.fetchall():
        text = f"{quoted(column)}::text"
        cursor.execute(
            f"SELECT DISTINCT ON (1) found[1], found[2] FROM {quoted(table)}, "
            f"regexp_matches({text}, %s, 'g') AS found WHERE {text} LIKE '%%:gAAAA%%'",
            [pattern],
        )
        for key_id, token in cursor.fetchall():
            yield f"{table}.{column}", key_id, token


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
