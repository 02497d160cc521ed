"""Uploaded pictures are read, made smaller and written anew, so that nothing but a picture is ever
served.
"""

from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image, ImageOps
from PIL.ImageFile import ImageFile

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 960  # pixels; a call page stays under 100 kB on the wire


class NotAPicture(ValueError):
    """Says, to the person who uploaded it, why a file is not used."""


def shrunk_or_refused(file, field, *, longest=LONGEST_SIDE) -> tuple[ContentFile, int, int]:
    """`shrink` for a model's `clean`. Raises ValidationError for the field."""
    try:
        return shrink(file, longest=longest)
    except NotAPicture as error:
        raise ValidationError({field: str(error)}) from error


def shrink(file: ImageFile, *, longest=LONGEST_SIDE) -> tuple[ContentFile, int, int]:
    """Return (WebP file, width, height in pixels). Raises NotAPicture."""
    if file.size > MOST_BYTES:
        raise NotAPicture("This picture is larger than 5 MB. Please make it smaller first.")
    try:
        image = Image.open(file, formats=["JPEG", "PNG", "WEBP"])
        if image.width * image.height > MOST_PIXELS:
            raise NotAPicture("This picture has too many pixels. Please make it smaller first.")
        image = ImageOps.exif_transpose(image).convert("RGBA" if "A" in image.getbands() else "RGB")
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture("We cannot read this file as a JPEG, PNG or WebP picture.") from error
    image.thumbnail((longest, longest))
    out = BytesIO()
    image.save(out, "WEBP", quality=75)
    return ContentFile(out.getvalue()), image.width, image.height
