"""Reads one picture and writes it anew, smaller: as a function, or as a process of its own.

As a process (`python -I picture_reader.py <longest side> <megabytes>`) it takes the file from its
input and writes a line of JSON, then the new file. It knows nothing of the product: it is loaded
quickly, the system limits what it may have, and what a library of pictures breaks, breaks there.
"""

import io
import json
import resource
import sys
from typing import IO, Any

from PIL import Image, ImageOps, UnidentifiedImageError

HERE = ["JPEG", "PNG", "WEBP"]  # what is read without a process of its own
MOST_MEGABYTES = 512
MOST_SECONDS = 20  # of the processor's time
# A JPEG is made smaller while it is read; of the others every pixel has to be held.
MOST_PIXELS = {"JPEG": 250_000_000}
MOST_OTHER_PIXELS = 60_000_000


class Unreadable(Exception):
    """Why a picture is not read: "kind", "damaged" or "pixels"; with how many it may have."""

    def __init__(self, why: str, pixels: int = 0, most: int = 0) -> None:
        super().__init__(why)
        self.why, self.pixels, self.most = why, pixels, most


def opened(file: IO[bytes], formats: list[str]) -> Image.Image:
    """The picture, of which only the head is read. Raises Unreadable."""
    try:
        found = Image.open(file, formats=formats)
    except UnidentifiedImageError as error:
        raise Unreadable("kind") from error
    except (OSError, SyntaxError, ValueError, RuntimeError) as error:
        raise Unreadable("damaged") from error
    most = MOST_PIXELS.get(found.format or "", MOST_OTHER_PIXELS)
    if (pixels := found.width * found.height) > most:
        raise Unreadable("pixels", pixels, most)
    return found


def smaller(found: Image.Image, longest: int) -> Image.Image:
    """The picture, upright, no side longer than this. Raises Unreadable."""
    pixels = found.width * found.height
    try:
        found.draft("RGB", (longest, longest))
        mode = "RGBA" if "A" in found.getbands() else "RGB"
        image = found if found.mode == mode else found.convert(mode)
        image.thumbnail((longest, longest))
        return ImageOps.exif_transpose(image)
    except MemoryError as error:
        raise Unreadable("pixels", pixels) from error
    except (OSError, SyntaxError, ValueError, RuntimeError, EOFError) as error:
        raise Unreadable("damaged") from error


def as_webp(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=75)
    return out.getvalue()


def main(longest: int, megabytes: int) -> None:
    """One picture from the input to the output, also one of a phone (HEIC)."""
    import pillow_heif  # noqa: PLC0415 26 MB that only this process loads

    pillow_heif.register_heif_opener(thumbnails=False)
    most = megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    content, said = b"", dict[str, Any]()
    try:
        image = smaller(opened(io.BytesIO(sys.stdin.buffer.read()), [*HERE, "HEIF"]), longest)
        content = as_webp(image)
        said = {"width": image.width, "height": image.height}
    except Unreadable as error:
        why = "damaged" if error.why == "kind" else error.why  # its kind was looked at before
        said = {"why": why, "pixels": error.pixels, "most": error.most}
    except MemoryError:
        said = {"why": "pixels"}
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + content)


if __name__ == "__main__":
    Image.MAX_IMAGE_PIXELS = None  # ours is asked instead
    main(int(sys.argv[1]), int(sys.argv[2]))
