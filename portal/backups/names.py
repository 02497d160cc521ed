"""The names of a set's files: by them alone it is known what belongs together, and how old it is.

collective-20261006T030000Z.dump, .media.tar.gz (both with .age where they are encrypted), and
.json, the manifest, which is written last: without it a set is not complete.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

MANIFEST, DUMP, MEDIA, SEALED = ".json", ".dump", ".media.tar.gz", ".age"
PATTERN = re.compile(
    r"collective-(?P<stamp>\d{8}T\d{6}Z)"
    r"(?P<ending>\.json|(\.dump|\.media\.tar\.gz)(\.age)?)"
)
STAMP = "%Y%m%dT%H%M%SZ"


def stamp_of(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(STAMP)


def moment_of(stamp: str) -> datetime:
    """Raises ValueError for what is no moment, as the 32nd of a month."""
    return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)


def file_name(stamp: str, ending: str) -> str:
    return f"collective-{stamp}{ending}"


@dataclass
class BackupSet:
    """The files of one moment that are there: {ending: name}."""

    stamp: str
    files: dict[str, str] = field(default_factory=dict)

    @property
    def taken_at(self) -> datetime:
        return moment_of(self.stamp)

    @property
    def manifest(self) -> str | None:
        return self.files.get(MANIFEST)

    @property
    def dump(self) -> str | None:
        return self.files.get(DUMP) or self.files.get(DUMP + SEALED)

    @property
    def media(self) -> str | None:
        return self.files.get(MEDIA) or self.files.get(MEDIA + SEALED)

    @property
    def is_complete(self) -> bool:
        return bool(self.manifest and self.dump)


def sets(names: Iterable[str]) -> list[BackupSet]:
    """The sets among these names, the newest first; other files are nobody's business."""
    found: dict[str, BackupSet] = {}
    for name in names:
        if part := PATTERN.fullmatch(name):
            one = found.setdefault(part["stamp"], BackupSet(part["stamp"]))
            one.files[part["ending"]] = name
    return [found[stamp] for stamp in sorted(found, reverse=True)]


def newest(found: list[BackupSet]) -> BackupSet | None:
    """The newest complete set; where none is, the newest dump of a version without manifests."""
    complete = (one for one in found if one.is_complete)
    return next(complete, None) or next((one for one in found if one.dump), None)


def too_old(found: list[BackupSet], now: datetime, days: int) -> list[BackupSet]:
    """The sets past their time, without the newest complete one: the last good one stays."""
    good = newest(found)
    limit = now - timedelta(days=days)
    return [one for one in found if one is not good and one.taken_at < limit]
