"""Where backups go: a folder, or a bucket that speaks S3. A file there is whole, or absent.

In a folder a file is written beside its name (.part), brought to the disk, and given its name when
the whole set is there. A bucket shows nothing of an upload before its end.
"""

import contextlib
import fcntl
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from django.conf import settings

from portal.backups.problems import BackupError, RefusedError, writing_to
from portal.backups.streams import Produce, Reader, Tally

PART = ".part"


class Target(ABC):
    """A place for sets. `write` what belongs together, then `commit`, or `discard` it."""

    @abstractmethod
    def names(self) -> list[str]:
        """The names of all files there."""

    @abstractmethod
    def write(self, name: str, produce: Produce) -> Tally:
        """Put down what `produce` writes; returns its size and hash."""

    @abstractmethod
    def commit(self) -> None:
        """What was written bears its name from now on, in the order in which it was written."""

    @abstractmethod
    def discard(self) -> None:
        """Nothing of what was written is left."""

    @abstractmethod
    def delete(self, name: str) -> None: ...

    @abstractmethod
    def read(self, name: str) -> AbstractContextManager[Reader]:
        """The file, to be read from its beginning."""

    @abstractmethod
    def alone(self) -> AbstractContextManager[None]:
        """Nobody else writes here meanwhile, and what a killed backup left is gone."""

    @abstractmethod
    def describe(self, name: str) -> str:
        """How an operator names the file, to bring it back."""


def target_of(address: str) -> Target:
    """A folder by its path, or s3://bucket/prefix. Raises RefusedError for none."""
    if not address:
        raise RefusedError("Say where to: a folder, or s3://bucket/prefix; or set BACKUP_TO.")
    if address.startswith("s3://"):
        from portal.backups.buckets import Bucket  # noqa: PLC0415 15 MB that a folder need not load

        return Bucket(address)
    return Folder(Path(address).resolve())


class Folder(Target):
    def __init__(self, path: Path) -> None:
        self.path = path
        self._written: list[str] = []

    def names(self) -> list[str]:
        if not self.path.is_dir():
            return []
        return sorted(entry.name for entry in self.path.iterdir() if entry.is_file())

    def write(self, name: str, produce: Produce) -> Tally:
        self._written.append(name)
        with (self.path / f"{name}{PART}").open("wb") as file:
            tally = Tally(file)
            with writing_to(self.path):
                produce(tally)
                file.flush()
                os.fsync(file.fileno())
        return tally

    def commit(self) -> None:
        for name in self._written:
            (self.path / f"{name}{PART}").rename(self.path / name)
            self._bring_to_disk()

    def discard(self) -> None:
        for name in self._written:
            for left in (name, f"{name}{PART}"):
                (self.path / left).unlink(missing_ok=True)

    def delete(self, name: str) -> None:
        (self.path / name).unlink(missing_ok=True)

    @contextmanager
    def read(self, name: str) -> Iterator[Reader]:
        with (self.path / name).open("rb") as file:
            yield file

    @contextmanager
    def alone(self) -> Iterator[None]:
        self._make()
        folder = os.open(self.path, os.O_RDONLY)
        try:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BackupError(f"Another backup into {self.path} is under way.") from error
            for left in self.path.glob(f"collective-*{PART}"):
                left.unlink()
            yield
        finally:
            os.close(folder)

    def _make(self) -> None:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except PermissionError as error:
            raise BackupError(self._not_ours()) from error
        if not os.access(self.path, os.R_OK | os.W_OK | os.X_OK):
            raise BackupError(self._not_ours())

    def _not_ours(self) -> str:
        there = next(path for path in (self.path, *self.path.parents) if path.exists())
        return (
            f"{there} belongs to user {there.stat().st_uid}, and this runs as user {os.getuid()}, "
            f"who may not write there: chown {os.getuid()} {self.path}"
        )

    def _bring_to_disk(self) -> None:
        folder = os.open(self.path, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):  # some file systems cannot
                os.fsync(folder)
        finally:
            os.close(folder)

    def describe(self, name: str) -> str:
        return str(self.path / name)


def keep_days(asked: int | None) -> int:
    """How long sets are kept. Raises RefusedError for longer than people are told."""
    told = settings.BACKUP_DAYS
    if asked is None:
        return told
    if not 1 <= asked <= told:
        raise RefusedError(
            f"--keep must be from 1 to {told}, the days that people who are forgotten are told "
            "(BACKUP_DAYS)."
        )
    return asked
