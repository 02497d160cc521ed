"""The community's own colours and mark: readable, cached, and nothing but a picture."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from collective.models import Community
from collective.pages import contrast

pytestmark = pytest.mark.django_db


def test_ratio_is_that_of_wcag():
    assert round(contrast.ratio("#000000", "#ffffff"), 2) == 21
    assert round(contrast.ratio("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("name", ["edge", "focus", "primary", "error"])
def test_what_is_drawn_stands_out_on_every_ground(name):
    """WCAG 2.2, 1.4.11: edges of fields, the focus, buttons and errors have 3:1 at least."""
    tokens = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    light, *dark = re.findall(rf"--{name}: (#\w+);", tokens.replace("#fff;", "#ffffff;"))

    assert min(contrast.ratio(light, ground) for ground in contrast.LIGHT) >= 3
    assert min(contrast.ratio(dark[0], ground) for ground in contrast.DARK) >= 3
    assert dark == [dark[0]] * 2


@pytest.mark.parametrize("colour", ["#0b524d", "#5b0e2d", "#000000"])
def test_dark_colour_is_taken_for_light_pages(colour):
    assert contrast.check_on_light(colour) is None


@pytest.mark.parametrize("colour", ["#ff8800", "#0e8a85", "red", "#12345", "#0e5a55;}", ""])
def test_colour_that_cannot_be_read_or_is_none_is_refused(colour):
    with pytest.raises(ValidationError):
        contrast.check_on_light(colour)


def test_light_colour_is_for_dark_pages_only():
    contrast.check_on_dark("#93d5c8")

    with pytest.raises(ValidationError, match="Choose a lighter one"):
        contrast.check_on_dark("#0e5a55")


def test_page_links_the_own_style_sheet_only_where_there_is_one(client, community):
    plain = client.get("/").content.decode()
    community.colour = "#5b0e2d"
    community.save()

    assert (
        "/look/" not in plain
        and reverse("look", args=[community.look]) in client.get("/").content.decode()
    )


def test_style_sheet_has_the_colour_and_is_kept_for_long(client, community):
    community.colour = "#5b0e2d"
    community.save()

    response = client.get(reverse("look", args=[community.look]))

    assert "--primary: #5b0e2d" in response.content.decode()
    assert (response["Content-Type"], "max-age=31536000" in response["Cache-Control"]) == (
        "text/css; charset=utf-8",
        True,
    )


def picture(kind="PNG"):
    out = BytesIO()
    Image.new("RGBA", (500, 400), (10, 20, 30, 40)).save(out, kind)
    return SimpleUploadedFile("mark.png", out.getvalue(), "image/png")


def test_mark_is_written_anew_and_small(client, coordinator, community):
    fields = {"name": "Ours", "mark": picture()}

    client.post(reverse("admin:collective_community_change", args=[1]), fields)

    found = Community.current()
    served = client.get(reverse("mark", args=[found.look]))
    image = Image.open(BytesIO(b"".join(served.streaming_content)))
    assert (image.format, max(image.size) <= 192, found.mark.name.endswith(".webp")) == (
        "WEBP",
        True,
        True,
    )


@pytest.mark.parametrize("content", [b"<svg onload='alert(1)'/>", b"GIF89a", b""])
def test_what_is_no_picture_is_refused(client, coordinator, community, content):
    upload = SimpleUploadedFile("mark.png", content, "image/png")

    client.post(
        reverse("admin:collective_community_change", args=[1]), {"name": "Ours", "mark": upload}
    )

    assert not Community.current().mark


def test_without_a_mark_there_is_none_to_serve(client, community):
    assert client.get(reverse("mark", args=["x"])).status_code == 404


def test_style_sheet_is_one_for_everybody_whoever_asks(client, member, community, early):
    early.shift(timedelta(days=2))  # when the use of the session would be noted

    response = client.get(reverse("look", args=[community.look]))

    assert ("Cookie" in response.get("Vary", ""), response.cookies) == (False, {})
