"""The uploads of a set: a tar of their folder, made while people go on working.

A file that vanishes meanwhile is left out; one that changes is taken once more, and what stands
later in the archive counts.
"""

import gzip
import hashlib
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from portal.backups.problems import BackupError, writing_to
from portal.backups.streams import A_PIECE, Nowhere, Reader, Tally, Writer, copy

TRIES = 3  # for a file that is being written


@dataclass
class Contents:
    """What an archive holds: how many files, how many bytes, and one hash over all of them."""

    files: int = 0
    bytes: int = 0
    sha256: str = ""


class _Padded:
    """A file as a tar wants it: as long as its head says, whatever has become of it since."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._left, self.hash = file, size, hashlib.sha256()

    def read(self, size: int) -> bytes:
        wanted = min(size, self._left)
        data = self._file.read(wanted)
        data = data.ljust(wanted, b"\0")  # it has become shorter: it is taken once more
        self._left -= len(data)
        self.hash.update(data)
        return data


def pack(folder: Path, writer: Writer) -> Contents:
    """Write the folder as a compressed tar; returns what it holds."""
    found: dict[str, tuple[int, str]] = {}
    out: Any = _Out(writer)
    with (
        gzip.GzipFile(fileobj=out, mode="wb", compresslevel=3, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", bufsize=A_PIECE) as archive,
    ):
        for path in _files(folder):
            name = f"./{path.relative_to(folder).as_posix()}"
            for _ in range(TRIES):
                taken = _add(archive, path, name)
                if taken is None:
                    found.pop(name, None)
                    break
                size, sha256, has_changed = taken
                found[name] = (size, sha256)
                if not has_changed:
                    break
    return _contents(found)


class _Out:
    """What tarfile wants of a file to write to."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def write(self, data: bytes) -> int:
        return self._writer.write(data)

    def flush(self) -> None:
        """What is below is flushed when it is closed."""


def _files(folder: Path) -> Iterator[Path]:
    """All files below the folder; nothing that leads out of it."""
    for parent, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(parent, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _add(archive: tarfile.TarFile, path: Path, name: str) -> tuple[int, str, bool] | None:
    """Add one file; returns its size, its hash, and whether it changed. None: it has vanished."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    with file:
        before = os.fstat(file.fileno())
        head = tarfile.TarInfo(name)
        head.size, head.mtime, head.mode = before.st_size, int(before.st_mtime), 0o644
        padded = _Padded(file, head.size)
        archive.addfile(head, padded)  # type: ignore[arg-type] # it only reads
        after = os.fstat(file.fileno())
    changed = (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)
    return head.size, padded.hash.hexdigest(), changed


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise BackupError(
            f"The archive of uploads is damaged, or ends too early ({error})."
        ) from error


@_damage_told()
def unpack(reader: Reader, folder: Path) -> Contents:
    """Write the files of an archive into the folder; returns what it held.

    Raises BackupError for a damaged archive, and for a name that leads out of the folder.
    """
    found: dict[str, tuple[int, str]] = {}
    folder.mkdir(parents=True, exist_ok=True)
    for member, data in _members(reader):
        path = folder / member.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with writing_to(folder), path.open("wb") as file:
            tally = Tally(file)
            copy(data, tally)
        _belongs_as(path, folder)
        found[member.name] = (tally.size, tally.sha256)
    return _contents(found)


def _belongs_as(path: Path, folder: Path) -> None:
    """Root brings back for somebody else: what is new belongs to whom the folder belongs to."""
    if os.getuid() == 0:
        owner = folder.stat()
        for made in (path, *path.relative_to(folder).parents):
            os.chown(folder / made, owner.st_uid, owner.st_gid)


@_damage_told()
def look_through(reader: Reader) -> Contents:
    """What an archive holds, without writing anything. Raises BackupError for a damaged one."""
    found: dict[str, tuple[int, str]] = {}
    for member, data in _members(reader):
        tally = Tally(Nowhere())
        copy(data, tally)
        found[member.name] = (tally.size, tally.sha256)
    return _contents(found)


@_damage_told()
def forgotten(reader: Reader, folder: str) -> set[str]:
    """The names of the files that stand in one folder of an archive."""
    names = (PurePosixPath(member.name) for member, _ in _members(reader))
    return {name.name for name in names if name.parent == PurePosixPath(folder)}


def _members(reader: Reader) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    source: Any = reader
    with tarfile.open(fileobj=source, mode="r|gz", bufsize=A_PIECE) as archive:
        for member in archive:
            if not member.isfile():
                continue
            name = PurePosixPath(member.name)
            if name.is_absolute() or ".." in name.parts:
                raise BackupError(f"The archive of uploads has a file named {name}.")
            data = archive.extractfile(member)
            assert data is not None
            yield member, data
    while reader.read(A_PIECE):  # the rest: what is damaged there is told, too
        pass


def _contents(found: dict[str, tuple[int, str]]) -> Contents:
    lines = [f"{name} {size} {sha256}\n" for name, (size, sha256) in sorted(found.items())]
    total = sum(size for size, _ in found.values())
    return Contents(len(found), total, hashlib.sha256("".join(lines).encode()).hexdigest())
