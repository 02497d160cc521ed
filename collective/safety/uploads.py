"""Files that people upload for others to open: of kinds that open simply, and not too large."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.text import slugify

MEGABYTE = 1024 * 1024


def check(file, kinds, megabytes, instead) -> None:
    """Raises ValidationError for a new file that is of none of these kinds (endings with a dot), or
    too large.

    `instead` says what to do about one that is too large.
    """
    if not file or file._committed:
        return
    if Path(file.name).suffix.lower() not in kinds:
        raise ValidationError({"file": f"Please use one of these: {', '.join(sorted(kinds))}."})
    if file.size > megabytes * MEGABYTE:
        raise ValidationError({"file": f"This file is larger than {megabytes} MB. {instead}"})


def download_name(name: str, file) -> str:
    """The file's name for who downloads it: its own ending, our name."""
    return f"{slugify(name) or 'file'}{Path(file.name).suffix.lower()}"
