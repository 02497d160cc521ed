"""Files that people upload for others to open: of kinds that open simply, and not too large."""

import logging
from collections.abc import Collection
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db.models.fields.files import FieldFile
from django.http import Http404
from django.utils.text import slugify

logger = logging.getLogger(__name__)
MEGABYTE = 1024 * 1024


def is_new(file: FieldFile) -> bool:
    """Is it a file that was just uploaded, and not one that is stored already?"""
    return bool(file) and not getattr(file, "_committed", True)


def check(file: FieldFile, kinds: Collection[str], megabytes: int, instead: str) -> None:
    """Refuse a new file that is too large, or of none of these kinds (endings with a dot).

    `instead` says what to do about one that is too large. Raises ValidationError.
    """
    if not is_new(file):
        return
    if _ending(file) not in kinds:
        raise ValidationError({"file": f"Please use one of these: {', '.join(sorted(kinds))}."})
    if file.size > megabytes * MEGABYTE:
        raise ValidationError({"file": f"This file is larger than {megabytes} MB. {instead}"})


def opened(file: FieldFile) -> File:
    """A stored file, to be sent. Raises Http404 for one that is missing on the disk, and logs."""
    try:
        return file.open()
    except FileNotFoundError:
        logger.error("A file is missing: %s", file.name)
        raise Http404 from None


def size_of(file: FieldFile) -> int:
    """How many bytes a stored file has; 0 where it is missing on the disk."""
    try:
        return file.size if file else 0
    except FileNotFoundError:
        return 0


def download_name(name: str, file: FieldFile) -> str:
    """What the file is called once it is downloaded: our name, its own ending."""
    return f"{slugify(name) or 'file'}{_ending(file)}"


def _ending(file: FieldFile) -> str:
    return Path(file.name or "").suffix.lower()
