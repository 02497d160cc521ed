"""Taking a backup: one moment of the database, the uploads, and the manifest that makes it a set.

A set is complete or it is absent. The dump is read by pg_restore while it is written; what fails
takes everything of its set away. Old sets go each time, but never the newest complete one.
"""

import logging
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyrage
from django.conf import settings

from collective import clock
from collective.models import Backup
from collective.people import asked_to_forget
from collective.safety import encryption
from portal.backups import manifest, media, names, postgres
from portal.backups.manifest import Manifest
from portal.backups.names import DUMP, MANIFEST, MEDIA, SEALED
from portal.backups.streams import Produce, Writer, sealed
from portal.backups.targets import Target

logger = logging.getLogger("portal.backups")


@dataclass
class Taken:
    """A set that is complete: how its dump is named, and how large it is."""

    dump: str
    size: int
    manifest: Manifest


def take(target: Target, to: list[pyrage.x25519.Recipient], days: int) -> Taken:
    """Take a set into the target, encrypted to these public keys; older sets go. Returns it.

    Raises BackupError, OSError or a database's error, and then leaves nothing of this set.
    """
    with target.alone():
        remove_old(target, days)
        taken_at = _free_moment(target)
        try:
            taken = _write(target, to, taken_at)
            target.commit()
        except BaseException:
            target.discard()
            raise
        remove_old(target, days)
    Backup.objects.create(taken_at=taken_at, size=taken.size)
    return taken


def remove_old(target: Target, days: int) -> None:
    """Delete sets past their days, the manifest first, so that none looks complete halfway."""
    for old in names.too_old(names.sets(target.names()), clock.now(), days):
        for ending in sorted(old.files, key=lambda ending: ending != MANIFEST):
            target.delete(old.files[ending])


def _free_moment(target: Target) -> datetime:
    """Now, to the second: each set has a name of its own."""
    taken = {found.stamp for found in names.sets(target.names())}
    while names.stamp_of(now := clock.now().replace(microsecond=0)) in taken:
        time.sleep(0.1)
    return now


def _write(target: Target, to: list[pyrage.x25519.Recipient], taken_at: datetime) -> Taken:
    stamp, end = names.stamp_of(taken_at), SEALED if to else ""
    files: dict[str, dict[str, Any]] = {}

    def put(ending: str, produce: Produce) -> str:
        name = names.file_name(stamp, ending)
        tally = target.write(name, produce)
        files[name] = {"size": tally.size, "sha256": tally.sha256}
        return name

    with postgres.connected() as connection, connection.cursor() as cursor:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        snapshot = postgres.answer(cursor, "SELECT pg_export_snapshot()")
        dump = put(DUMP + end, sealed(lambda writer: postgres.dump(writer, snapshot), to))
        found = {
            "tables": postgres.tables(cursor),
            "migrations": postgres.newest_migrations(cursor),
            "postgres": connection.server_version,
        }
        used = {key_id for _, key_id, _ in postgres.tokens(cursor, encryption.keys())}
    kept: list[media.Contents] = []

    def pack(writer: Writer) -> None:
        kept.append(media.pack(Path(settings.MEDIA_ROOT), writer))

    put(MEDIA + end, sealed(pack, to))
    done = manifest.begun(
        taken_at,
        files=files,
        media=asdict(kept[0]),
        forgotten=sorted(str(key) for key in asked_to_forget.listed()),
        encrypted_to=[str(key) for key in to],
        **found,
    )
    done.sign(used)
    target.write(names.file_name(stamp, MANIFEST), lambda writer: _only(writer, done.as_bytes()))
    return Taken(dump, sum(file["size"] for file in files.values()), done)


def _only(writer: Writer, data: bytes) -> None:
    writer.write(data)
