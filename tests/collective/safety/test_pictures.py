"""Photos as phones make them are read, within bounded memory; a refusal says the true reason."""

import json
import subprocess
import sys
from io import BytesIO

import pillow_heif
import pytest
from django.core.files.base import ContentFile
from PIL import Image

from collective.safety import picture_reader, pictures


def photo(kind, width=400, height=300, mode="L", **options):
    out = BytesIO()
    Image.new(mode, (width, height), 200).save(out, kind, **options)
    return ContentFile(out.getvalue(), name=f"photo.{kind.lower()}")


def heic(width=400, height=300):
    out = BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (width, height), "red")).save(out, quality=50)
    return ContentFile(out.getvalue(), name="IMG_0001.HEIC")


def turned():
    """A photo that says of itself that its camera was held upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return photo("JPEG", 400, 300, exif=exif)


@pytest.mark.parametrize(
    ("file", "size"),
    [
        (photo("PNG"), (200, 150)),
        (photo("WEBP", mode="RGB"), (200, 150)),
        (turned(), (150, 200)),
        (heic(), (200, 150)),
        (photo("JPEG", 8192, 6144), (200, 150)),
        (photo("JPEG", 8192, 6144, progressive=True), (200, 150)),
    ],
    ids=["png", "webp", "turned", "heic", "50 megapixels", "50 megapixels, progressive"],
)
def test_photo_is_made_smaller(file, size):
    content, width, height = pictures.shrink(file, longest=200)

    made = Image.open(content)
    assert (made.format, made.size, (width, height)) == ("WEBP", size, size)


def cut(file):
    whole = file.read()
    return ContentFile(whole[: len(whole) // 2])


LONG_SIDES = picture_reader.MOST_OTHER_PIXELS // 6000 + 1


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (ContentFile(b"PK\3\4 a Word file"), "not a picture that we can read. JPEG, PNG, WebP"),
        (photo("GIF"), "not a picture that we can read"),
        (cut(photo("JPEG", 800, 600)), "damaged, or it did not come whole"),
        (cut(heic()), "damaged, or it did not come whole"),
        (photo("PNG", LONG_SIDES, 6000, "1"), "(60 million; we can read 60 million)"),
        (ContentFile(b"x" * (5 * 2**20 + 1)), "has 5.1 MB. We take up to 5 MB"),
    ],
    ids=["other kind", "gif", "cut", "heic, cut", "pixels", "bytes"],
)
def test_refusal_says_the_true_reason(file, words):
    with pytest.raises(pictures.NotAPicture) as refused:
        pictures.shrink(file)

    assert words in str(refused.value)


@pytest.mark.parametrize(("megabytes", "said"), [(180, "pixels"), (512, None)])
def test_process_that_reads_ends_at_its_limit_of_memory(megabytes, said):
    command = [sys.executable, "-I", pictures.READER, "200", str(megabytes)]
    large = photo("PNG", 6000, 6000, "RGB").read()

    done = subprocess.run(command, input=large, capture_output=True, check=True)

    assert json.loads(done.stdout.partition(b"\n")[0]).get("why") == said


def test_child_that_the_system_ends_is_a_refusal_and_no_crash(monkeypatch):
    monkeypatch.setattr(pictures, "READER", "/nowhere")

    with pytest.raises(pictures.NotAPicture, match="too many pixels"):
        pictures.shrink(heic())


def test_web_server_itself_loads_no_library_for_heic():
    assert "pillow_heif" not in vars(pictures) and "pillow_heif" not in vars(picture_reader)
