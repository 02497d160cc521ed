import base64

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from policy_drafts.drafts.exports.facts import facts, picture_of, pictures
from policy_drafts.drafts.readable import readable
from policy_drafts.models import Draft, PolicyPicture
from policy_drafts.text import markup, reading


def of_draft(draft: Draft, audience: str) -> bytes:
    """One HTML file with its own style and pictures, UTF-8; it asks no server for anything."""
    known = pictures(draft.policy)
    sections = [readable(row, _with_pictures(row.html, known)) for row in draft.sections.all()]
    context = {"draft": draft, "sections": sections, "facts": facts(draft, audience)}
    return render_to_string("policy_drafts/drafts/files/page.html", context).encode()


def _with_pictures(html: str, known: dict[str, PolicyPicture]) -> SafeString:
    """The HTML for reading, with its pictures in it."""
    root = markup.tree(reading.for_reading(html))
    for image in root.iter("img"):
        if picture := picture_of(image, known):
            image.set("src", f"data:image/webp;base64,{base64.b64encode(picture.content).decode()}")
    return mark_safe(markup.inner(root))
