"""Uploaded pictures are read, made smaller and written anew: only a picture is ever served.

A large one, or one as phones make it (HEIC), is read by a process of its own under limits of time
and memory (`picture_reader.py`): the web server keeps no more than its file.
"""

import json
import subprocess
import sys
import threading
import uuid
from pathlib import Path
from typing import IO, cast

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from PIL import Image

from collective.safety import picture_reader
from collective.safety.picture_reader import Unreadable

MEGABYTE = 1024 * 1024
MOST_BYTES = 5 * MEGABYTE
LONGEST_SIDE = 960  # pixels; a call page stays under 100 kB on the wire
READ_HERE = 16_000_000  # pixels: 64 MB while it is read
HEIF = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypheim", b"ftypheis", b"ftypmif1", b"ftypmsf1")
SECONDS = 40  # by the clock, while others are at work too
TAKES = "JPEG, PNG, WebP and HEIC work"
READER = Path(picture_reader.__file__)
Shrunk = tuple[ContentFile, int, int]

_one_at_a_time = threading.BoundedSemaphore(1)  # in each process of the web server


class NotAPicture(ValueError):
    """Says, to the person who uploaded it, why a file is not used."""


class UnknownKind(NotAPicture):
    """It is something else, as a Word file."""


def shrink_upload(file: FieldFile, field: str, *, longest: int = LONGEST_SIDE) -> tuple[int, int]:
    """Put a smaller picture, with a new name, in the place of this new one, in a model's `clean`.

    Returns its width and height. Raises ValidationError for the field where it is no picture.
    """
    try:
        file.file, width, height = shrink(file.file, longest=longest)
    except NotAPicture as error:
        raise ValidationError({field: str(error)}) from error
    file.name = f"{uuid.uuid4()}.webp"
    return width, height


def shrink(file: File, *, longest: int = LONGEST_SIDE, most_bytes: int = MOST_BYTES) -> Shrunk:
    """Return (WebP file, width, height in pixels). Raises NotAPicture."""
    if file.size > most_bytes:
        raise NotAPicture(too_large(file, most_bytes))
    try:
        if (found := _read_here(file)) is None:
            return _shrink_apart(file, longest)
        image = picture_reader.smaller(found, longest)
    except Unreadable as error:
        raise _refused(error) from error
    return ContentFile(picture_reader.as_webp(image)), image.width, image.height


def too_large(file: File, most_bytes: int) -> str:
    """The sentence for a file of too many bytes: how large it is, and may be."""
    has = max(file.size / MEGABYTE, most_bytes / MEGABYTE + 0.1)
    most = most_bytes // MEGABYTE
    return f"This file has {has:.1f} MB. We take up to {most} MB: please make it smaller first."


def _read_here(file: File) -> Image.Image | None:
    """The picture, with its head read; None for one that a process of its own reads."""
    file.seek(0)
    head = file.read(12)
    file.seek(0)
    if head[4:12] in HEIF:
        return None
    found = picture_reader.opened(cast(IO[bytes], file), picture_reader.HERE)
    return found if found.width * found.height <= READ_HERE else None


def _shrink_apart(file: File, longest: int) -> Shrunk:
    """The same by a process of its own. Raises Unreadable."""
    file.seek(0)
    limits = [str(longest), str(picture_reader.MOST_MEGABYTES)]
    command = [sys.executable, "-I", str(READER), *limits]
    with _one_at_a_time:
        try:
            done = subprocess.run(
                command, input=file.read(), capture_output=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise Unreadable("pixels") from error
    line, _, content = done.stdout.partition(b"\n")
    said = json.loads(line) if line else {"why": "pixels"}  # ended by a limit of the system
    if "why" in said:
        raise Unreadable(**said)
    return ContentFile(content), int(said["width"]), int(said["height"])


def _refused(error: Unreadable) -> NotAPicture:
    """The reason, in a sentence for the person."""
    if error.why == "kind":
        return UnknownKind(f"This is not a picture that we can read. {TAKES}.")
    if error.why == "damaged":
        return NotAPicture(
            "This picture is damaged, or it did not come whole. Please choose it again, or another."
        )
    return NotAPicture(
        f"This picture has too many pixels{_how_many(error)}. Please make it smaller."
    )


def _how_many(error: Unreadable) -> str:
    if not error.most:
        return ""
    return f" ({error.pixels / 1e6:,.0f} million; we can read {error.most / 1e6:,.0f} million)"
