"""What this machine and its settings say: variables, proxies, disk, uploads, static files."""

import filecmp
import os
import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.db import connection

from collective import environment
from portal.doctor.lines import Found

MEGABYTE = 2**20
LEAST = 1024 * MEGABYTE
LEAST_TEMPORARY = 200 * MEGABYTE
COLLECT = "Run: python manage.py collectstatic --no-input, and start the web server again."
PROXIES = (
    "SITE_URL is https and TRUSTED_PROXIES is 0: every page would lead to itself for ever. Set "
    "TRUSTED_PROXIES=1, or to how many proxies of yours stand in front."
)


def settings_() -> Found:
    """Can what is in the environment be right?"""
    refused = environment.refusals()
    if refused:
        return False, " ".join(refused)
    if settings.DEBUG:
        return True, "This is a demonstration (DEBUG), with keys that everybody knows."
    return True, "Nothing is wrong with them."


def proxies() -> Found:
    """Is the proxy that speaks HTTPS for us believed?"""
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        return False, PROXIES
    return True, f"{settings.TRUSTED_PROXIES} trusted."


def disk() -> Found:
    """Is there room where we and the database write?"""
    low, seen = [], set()
    for what, folder, least in _folders():
        try:
            free, device = shutil.disk_usage(folder).free, folder.stat().st_dev
        except OSError:
            continue  # not ours to look into
        if free < least and (device, what) not in seen:
            low.append(f"{folder} ({what}): {free // MEGABYTE} MB free")
        seen.add((device, what))
    if low:
        return False, f"Nearly full: {'; '.join(low)}. Make room before anything is lost."
    return True, "There is room."


def _folders() -> list[tuple[str, Path, int]]:
    """(what is written there, the folder, how many bytes must be free)."""
    found = [
        ("uploads", _that_is_there(Path(settings.MEDIA_ROOT)), LEAST),
        ("temporary files", Path(tempfile.gettempdir()), LEAST_TEMPORARY),
    ]
    if settings.BACKUP_TO and not settings.BACKUP_TO.startswith("s3://"):
        found.append(("backups", _that_is_there(Path(settings.BACKUP_TO)), LEAST))
    if folder := _folder_of_database():
        found.append(("database", folder, LEAST))
    return found


def _folder_of_database() -> Path | None:
    """Where the database keeps its data: on this machine, and if we may know."""
    host = connection.settings_dict["HOST"]
    if host and not host.startswith("/") and host not in {"localhost", "127.0.0.1", "::1"}:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role('pg_read_all_settings', 'USAGE')")
        if not cursor.fetchone()[0]:
            return None
        cursor.execute("SHOW data_directory")
        return Path(cursor.fetchone()[0])


def _that_is_there(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(part for part in (folder, *folder.parents) if part.exists())


def media() -> Found:
    """May we write where uploads are kept?"""
    folder = _that_is_there(Path(settings.MEDIA_ROOT))
    if os.access(folder, os.W_OK | os.X_OK):
        return True, f"{settings.MEDIA_ROOT} may be written to."
    return False, _not_writable()


def media_takes_files() -> Found:
    """Can a file really be written there?"""
    folder = Path(settings.MEDIA_ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x" * MEGABYTE)
            file.flush()
    except OSError as error:
        return False, f"{_not_writable()} ({error.strerror})"
    return True, "A file was written among the uploads, and taken away."


def _not_writable() -> str:
    return (
        f"MEDIA_ROOT ({settings.MEDIA_ROOT}) cannot be written to: uploads would fail. Give the "
        "folder to the user who runs this, with chown."
    )


def static_files() -> Found:
    """Were the style sheets and scripts of this version collected?"""
    if not isinstance(staticfiles_storage, ManifestFilesMixin):
        return True, "Read from the project's folder (DEBUG)."
    if not staticfiles_storage.hashed_files:
        return False, f"None are there, so pages look broken. {COLLECT}"
    ours, theirs = environment.BASE_DIR / "static", Path(settings.STATIC_ROOT)
    names = [path.relative_to(ours) for path in ours.rglob("*") if path.suffix in {".css", ".js"}]
    if not all(_is_same(ours / name, theirs / name) for name in names):
        return False, f"Those that are there are of another version. {COLLECT}"
    return True, "Those of this version were collected."


def _is_same(one: Path, other: Path) -> bool:
    return other.exists() and filecmp.cmp(one, other, shallow=False)
