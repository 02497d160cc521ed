"""A set that somebody wants back: found by its name, and checked before anything is written."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pyrage

from portal.backups import manifest, names
from portal.backups.manifest import LARGEST, Manifest
from portal.backups.names import PATTERN, SEALED, BackupSet
from portal.backups.problems import BackupError, RefusedError
from portal.backups.streams import Reader, opened, pieces
from portal.backups.targets import Target, target_of

NO_MANIFEST = (
    "There is no {manifest} beside it, so nobody can say beforehand whether your keys open it. A "
    "set of an older version has none, nor has one that was cut off. If it is all you have, add "
    "--without-manifest."
)


@dataclass
class Chosen:
    """A set in its place, with its manifest, if it has one, and the keys of age to open it."""

    target: Target
    files: BackupSet
    manifest: Manifest | None
    keys: list[pyrage.x25519.Identity]

    @contextmanager
    def reading(self, name: str) -> Iterator[Reader]:
        """One file of the set, decrypted."""
        with self.target.read(name) as reader:
            if not name.endswith(SEALED):
                yield reader
                return
            if not self.keys:
                raise RefusedError(
                    "The backup is encrypted: add --identity FILE, the file that age-keygen wrote."
                )
            with opened(reader, self.keys) as plain:
                yield plain

    def check_files(self) -> None:
        """Raises BackupError for a file that is not as the manifest says, or that no key opens."""
        for name, said in self.manifest.files.items() if self.manifest else ():
            size, found = self._measured(name)
            if size != said["size"]:
                raise BackupError(
                    f"{self.target.describe(name)} has {size} bytes instead of {said['size']}: it "
                    "is damaged, or its copy was cut off."
                )
            if found != said["sha256"]:
                raise BackupError(
                    f"{self.target.describe(name)} is damaged: it is not what was written "
                    "(SHA-256). Take another copy, or another set."
                )
        for name in filter(None, (self.files.dump, self.files.media)):
            with self.reading(name) as reader:
                reader.read(1)

    def _measured(self, name: str) -> tuple[int, str]:
        size, found = 0, hashlib.sha256()
        try:
            with self.target.read(name) as reader:
                for data in pieces(reader):
                    size += len(data)
                    found.update(data)
        except FileNotFoundError as error:
            raise BackupError(
                f"{self.target.describe(name)} is not there, and belongs to the set."
            ) from error
        return size, found.hexdigest()


def split(source: str) -> tuple[str, str]:
    """Where a set is, and its moment: of the path of one of its files.

    Raises RefusedError for another name.
    """
    folder, _, name = source.rpartition("/")
    part = PATTERN.fullmatch(name)
    if part is None:
        raise RefusedError(f"{source} is not named as `backup` names its files.")
    return folder or ("/" if source.startswith("/") else "."), part["stamp"]


def choose(source: str, keys: list[pyrage.x25519.Identity]) -> Chosen:
    """The set to which this file belongs. Raises RefusedError where there is none."""
    folder, stamp = split(source)
    target = target_of(folder)
    found = next((one for one in names.sets(target.names()) if one.stamp == stamp), None)
    if found is None or found.dump is None:
        raise RefusedError(f"There is no dump of that moment in {target.describe('')}")
    return Chosen(target, found, manifest_of(target, found), keys)


def newest(target: Target, keys: list[pyrage.x25519.Identity]) -> Chosen:
    """The newest complete set of a place. Raises BackupError where there is none."""
    found = names.newest(names.sets(target.names()))
    if found is None or not found.is_complete:
        raise BackupError(f"There is no complete backup in {target.describe('')}")
    return Chosen(target, found, manifest_of(target, found), keys)


def manifest_of(target: Target, found: BackupSet) -> Manifest | None:
    if found.manifest is None:
        return None
    with target.read(found.manifest) as reader:
        return manifest.read(reader.read(LARGEST))
