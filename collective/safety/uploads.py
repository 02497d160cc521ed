"""Files that people upload for others to open: of kinds that open simply, and not too large."""

from collections.abc import Collection
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db.models.fields.files import FieldFile
from django.utils.text import slugify

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


def download_name(name: str, file: FieldFile) -> str:
    """What the file is called once it is downloaded: our name, its own ending."""
    return f"{slugify(name) or 'file'}{_ending(file)}"


def _ending(file: FieldFile) -> str:
    return Path(file.name or "").suffix.lower()
