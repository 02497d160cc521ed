"""Another server of the same folder is waited for, and a killed one told from one that runs."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from dev import postgres, servers

READY = ["1", "data", "0", "5432", "", "", "0 0", "ready   "]


@pytest.fixture(autouse=True)
def own_process_is_postgres(monkeypatch):
    monkeypatch.setattr(postgres, "is_postgres", lambda pid: pid == os.getpid())


def note(folder, state, pid=None):
    lines = [str(pid or os.getpid()), *READY[1:7], f"{state}   "]
    (folder / "postmaster.pid").write_text("\n".join(lines))


def test_no_server_in_the_folder_is_nothing_to_wait_for(tmp_path):
    postgres.wait_until_settled(tmp_path, time.monotonic())

    assert postgres.state_of(tmp_path) == ""


@pytest.mark.parametrize("state", ["starting", "stopping"])
def test_server_that_starts_or_stops_is_waited_for(tmp_path, state):
    note(tmp_path, state)
    threading.Timer(0.3, note, [tmp_path, "ready"]).start()

    postgres.wait_until_settled(tmp_path, time.monotonic() + 10)

    assert postgres.state_of(tmp_path) == "ready"


@pytest.mark.parametrize("written", ["", "{}\ndata\n0\n", "-{}\ndata\n"])
def test_note_that_is_not_written_to_its_end_means_starting(tmp_path, written):
    (tmp_path / "postmaster.pid").write_text(written.format(os.getpid()))

    assert postgres.state_of(tmp_path) == "starting"


def test_waiting_ends_with_a_sentence(tmp_path):
    note(tmp_path, "stopping")

    with pytest.raises(postgres.NoServer, match="has been stopping"):
        postgres.wait_until_settled(tmp_path, time.monotonic() - 1)


def test_process_that_is_no_postgresql_is_not_taken_for_the_killed_server(tmp_path):
    note(tmp_path, "ready", pid=os.getppid())

    postgres.wait_until_settled(tmp_path, time.monotonic())

    assert not (tmp_path / "postmaster.pid").exists()


FIRST_COMMAND = """
import sys
from pathlib import Path
from dev import postgres
server = postgres.join(Path(sys.argv[1]))
postgres.set_from_the_start(server, "track_commit_timestamp", "on")
print(server.psql("SHOW track_commit_timestamp"))
"""


@pytest.fixture
def data():
    """Where a server's own user may enter, too: pytest closes the folder of all tmp_paths to it."""
    with tempfile.TemporaryDirectory(dir=servers.LOCAL / "tests") as folder:
        yield Path(folder) / "data"


def test_first_commands_of_a_fresh_folder_start_one_server_and_it_stops_with_them(data):
    command = [sys.executable, "-c", FIRST_COMMAND, str(data)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]

    answers = [process.communicate(timeout=120)[0].split() for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert ["on" in answer for answer in answers] == [True, True]
    assert not (data / "postmaster.pid").exists()
