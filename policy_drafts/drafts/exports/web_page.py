import base64
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from policy_drafts.drafts.exports.facts import facts, picture_of, pictures
from policy_drafts.models.picture import PolicyPicture
from policy_drafts.text import markup

if TYPE_CHECKING:
    from policy_drafts.models import Draft


def of_draft(draft: "Draft", audience: str) -> bytes:
    """One HTML file with its own style and pictures, UTF-8; it asks no server for anything."""
    found = pictures(draft.policy)
    sections = list(draft.sections.all())
    for section in sections:
        section.body = _with_pictures(section.html, found)
    context = {"draft": draft, "sections": sections, "facts": facts(draft, audience)}
    return render_to_string("policy_drafts/drafts/files/page.html", context).encode()


def _with_pictures(html: str, found: dict[str, PolicyPicture]):
    root = markup.tree(markup.for_reading(html))
    for image in root.iter("img"):
        if picture := picture_of(image, found):
            with picture.file.open() as file:
                image.set("src", "data:image/webp;base64," + base64.b64encode(file.read()).decode())
    return mark_safe(markup.inner(root))
