import base64

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from policy_drafts.drafts.exports.edition import Edition
from policy_drafts.drafts.exports.facts import check_sum, facts, picture_of
from policy_drafts.models import PolicyPicture
from policy_drafts.text import markup, reading
from policy_drafts.text.notices import CHECK_SUM, NEWS


def write(edition: Edition) -> bytes:
    """One HTML file with its own style and pictures, UTF-8; it asks no server for anything."""
    context = {
        "edition": edition,
        "sections": [
            {"part": row, "body": _with_pictures(row.html, edition.pictures)}
            for row in edition.sections
        ],
        "facts": facts(edition),
        "news_heading": NEWS,
        "check_sum_heading": CHECK_SUM,
        "check_sum": check_sum(edition),
    }
    return render_to_string("policy_drafts/drafts/files/page.html", context).encode()


def _with_pictures(html: str, known: dict[str, PolicyPicture]) -> SafeString:
    """The HTML for reading, with its pictures in it."""
    root = markup.tree(reading.for_reading(html))
    for image in root.iter("img"):
        if picture := picture_of(image, known):
            image.set("src", f"data:image/webp;base64,{base64.b64encode(picture.content).decode()}")
    return mark_safe(markup.inner(root))
