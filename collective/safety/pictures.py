"""Uploaded pictures are read, made smaller and written anew: only a picture is ever served."""

import uuid
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from PIL import Image, ImageOps

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 960  # pixels; a call page stays under 100 kB on the wire


class NotAPicture(ValueError):
    """Says, to the person who uploaded it, why a file is not used."""


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


def shrink(file: File, *, longest: int = LONGEST_SIDE) -> tuple[ContentFile, int, int]:
    """Return (WebP file, width, height in pixels). Raises NotAPicture."""
    if file.size > MOST_BYTES:
        raise NotAPicture("This picture is larger than 5 MB. Please make it smaller first.")
    try:
        image = _read(file)
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture("We cannot read this file as a JPEG, PNG or WebP picture.") from error
    image.thumbnail((longest, longest))
    out = BytesIO()
    image.save(out, "WEBP", quality=75)
    return ContentFile(out.getvalue()), image.width, image.height


def _read(file: File) -> Image.Image:
    """The picture, upright. Raises NotAPicture for one of too many pixels."""
    found = Image.open(file, formats=["JPEG", "PNG", "WEBP"])
    if found.width * found.height > MOST_PIXELS:
        raise NotAPicture("This picture has too many pixels. Please make it smaller first.")
    mode = "RGBA" if "A" in found.getbands() else "RGB"
    return ImageOps.exif_transpose(found).convert(mode)
