"""A backup that fails leaves nothing of its set, says why, and never deletes the last good one."""

import os
import resource
import signal
import subprocess
import sys

import psutil
import pytest
from django.core.management.base import CommandError

from dev import servers
from portal.backups import postgres, taking
from portal.backups.targets import Folder
from tests.backups import OURS, back_up, names, url
from tests.faults.test_backup import another_database, environment, fingerprints

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("backup_site"),
]


def test_set_is_a_dump_the_uploads_and_a_manifest(folder):
    back_up(folder)

    assert names(folder) == [".dump", ".json", ".media.tar.gz"]


def test_full_disk_leaves_nothing_and_says_so(folder, caplog):
    back_up(folder)
    with pytest.raises(CommandError, match="The disk is full"), files_of_at_most(20_000):
        back_up(folder)

    assert names(folder) == [".dump", ".json", ".media.tar.gz"]
    assert "No backup was taken: The disk is full" in caplog.text


class files_of_at_most:
    """No file of this process grows past so many bytes: the error of a disk that is full."""

    def __init__(self, size):
        self.size = size

    def __enter__(self):
        self.before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.size, self.before[1]))

    def __exit__(self, *_):
        resource.setrlimit(resource.RLIMIT_FSIZE, self.before)


@pytest.mark.parametrize("to", [[], ["--encrypt-to", str(OURS.to_public())]], ids=["plain", "age"])
def test_tool_that_is_killed_leaves_nothing_and_says_so(folder, monkeypatch, to):
    tool = postgres.pieces

    def kill_first(reader):
        for child in psutil.Process().children():
            if child.name() == "pg_dump":
                child.kill()
        return tool(reader)

    monkeypatch.setattr(postgres, "pieces", kill_first)
    with pytest.raises(CommandError, match=r"was killed|did not end well"):
        back_up(folder, *to)

    assert names(folder) == []


def test_database_that_is_away_leaves_nothing_and_ends_with_one(folder):
    env = environment("postgresql://nobody@127.0.0.1:9/nothing", 9, folder)

    done = subprocess.run(
        ["bin/backup", folder], env=env, cwd=servers.ROOT, capture_output=True, text=True
    )

    assert (done.returncode, names(folder)) == (1, [])
    assert "The database did not answer" in done.stderr and "Traceback" not in done.stderr


def test_what_a_killed_backup_left_goes_with_the_next_one(folder, tmp_path):
    with (tmp_path / "media" / "large").open("wb") as file:
        file.truncate(3_000_000_000)
    running = subprocess.Popen(
        [sys.executable, "manage.py", "backup", folder],
        env=environment(url(), 9, tmp_path),
        cwd=servers.ROOT,
    )
    wait_until(lambda: list(folder.glob("*.media*.part")))
    running.send_signal(signal.SIGKILL)
    running.wait()
    left = names(folder)
    (tmp_path / "media" / "large").unlink()
    back_up(folder)

    assert left == [".dump.part", ".media.tar.gz.part"]
    assert names(folder) == [".dump", ".json", ".media.tar.gz"]


def wait_until(condition):
    for _ in range(1200):
        if condition():
            return
        signal.sigtimedwait([], 0.05)
    raise AssertionError("it never came")


def test_nothing_starts_on_a_database_whose_restore_was_killed(folder, tmp_path):
    back_up(folder)
    dump = next(folder.glob("*.dump"))
    with another_database(url()) as other:
        env = environment(other, 9, tmp_path / "other")
        restoring = subprocess.Popen(
            [sys.executable, "manage.py", "restore", dump], env=env, cwd=servers.ROOT
        )
        wait_until(lambda: "collective_message" in fingerprints(other))
        restoring.kill()
        restoring.wait()
        worker, again = (
            subprocess.run(
                [sys.executable, "bin/role", *role],
                env=env,
                cwd=servers.ROOT,
                capture_output=True,
                text=True,
            )
            for role in (["worker"], ["restore", dump])
        )

    assert (worker.returncode, again.returncode) == (1, 2)
    assert "has not ended. Restore once more" in worker.stdout
    assert "has not ended, so nothing of it is held" in again.stderr


def test_signal_to_end_leaves_nothing(folder, monkeypatch):
    monkeypatch.setattr(
        taking.media, "pack", lambda *_: os.kill(os.getpid(), signal.SIGTERM) or signal.pause()
    )

    with pytest.raises(CommandError, match="It was stopped"):
        back_up(folder)

    assert names(folder) == []


def test_second_backup_at_once_is_refused(folder):
    with (
        Folder(folder).alone(),
        pytest.raises(CommandError, match=r"Another backup into .* under way"),
    ):
        back_up(folder)


def test_failing_backup_deletes_what_is_too_old_and_never_the_last_good_one(folder):
    folder.mkdir()
    for stamp in ("20220908T130000Z", "20220909T130000Z"):
        for ending in (".dump", ".json"):
            (folder / f"collective-{stamp}{ending}").touch()
    with pytest.raises(CommandError), files_of_at_most(20_000):
        back_up(folder)

    assert {path.name[11:26] for path in folder.iterdir()} == {"20220909T130000"}


def test_password_stands_in_no_list_of_processes(folder, monkeypatch):
    seen, tool = [], postgres.pieces

    def look(reader):
        seen.extend(child.cmdline() for child in psutil.Process().children())
        return tool(reader)

    monkeypatch.setattr(postgres, "pieces", look)
    monkeypatch.setitem(postgres.connection.settings_dict, "PASSWORD", "pass word's")
    back_up(folder)

    assert any("pg_dump" in command[0] for command in seen)
    assert not [part for command in seen for part in command if "pass word" in part]
