"""What this machine and its settings say: variables, proxies, disk, uploads, static files."""

import filecmp
import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage

from collective import environment
from collective.seeing import disks
from portal.doctor.lines import Found

COLLECT = "Run `collectstatic --no-input`, and start the web server again."
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
    if low := disks.low():
        return False, f"Nearly full: {'; '.join(low)}. Make room before anything is lost."
    return True, "There is room."


def media() -> Found:
    """May we write where uploads are kept?"""
    folder = disks.nearest(Path(settings.MEDIA_ROOT))
    if os.access(folder, os.W_OK | os.X_OK):
        return True, f"{settings.MEDIA_ROOT} may be written to."
    return False, _not_writable()


def media_takes_files() -> Found:
    """Can a file really be written there?"""
    folder = Path(settings.MEDIA_ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x" * disks.MEGABYTE)
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
