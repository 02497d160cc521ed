"""Is there room where we and the database write? One rule, for the doctor and for what is told."""

import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection

MEGABYTE = 2**20
GIGABYTE = 2**30
# A tenth of the disk, but no more than 10 GB of a large one, and no less than 1 GB of a small one.
SHARE, MOST, LEAST = 0.1, 10 * GIGABYTE, GIGABYTE
LEAST_TEMPORARY = 200 * MEGABYTE
HERE = {"", "localhost", "127.0.0.1", "::1"}


def low() -> list[str]:
    """Each folder with little room, in words; [] where there is enough."""
    found = []
    for what, folder in _folders():
        try:
            disk = shutil.disk_usage(folder)
        except OSError:
            continue  # not ours to look into
        if disk.free < _least(what, disk.total):
            found.append(f"{folder} ({what}): {disk.free // MEGABYTE} MB free")
    return found


def _least(what: str, total: int) -> float:
    if what == "temporary files":
        return LEAST_TEMPORARY
    return max(LEAST, min(SHARE * total, MOST))


def _folders() -> list[tuple[str, Path]]:
    """(what is written there, the folder)."""
    found = [
        ("uploads", nearest(Path(settings.MEDIA_ROOT))),
        ("temporary files", Path(tempfile.gettempdir())),
    ]
    if settings.BACKUP_TO and not settings.BACKUP_TO.startswith("s3://"):
        found.append(("backups", nearest(Path(settings.BACKUP_TO))))
    if folder := _folder_of_database():
        found.append(("database", folder))
    return found


def _folder_of_database() -> Path | None:
    """Where the database keeps its data: on this machine, and if we may know."""
    host = connection.settings_dict["HOST"]
    if host not in HERE and not host.startswith("/"):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role('pg_read_all_settings', 'USAGE')")
        if not cursor.fetchone()[0]:
            return None
        cursor.execute("SHOW data_directory")
        return Path(cursor.fetchone()[0])


def nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(part for part in (folder, *folder.parents) if part.exists())
