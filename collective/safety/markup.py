"""Rich text that staff write: a small set of tags, cleaned on input and again when it is shown."""

from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from django_prose_editor.fields import ProseEditorField

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Heading": {"levels": [2, 3]},
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel", "sms"]},
    "Blockquote": True,
    "HardBreak": True,
}
_cleaner = nh3.Cleaner(
    tags={"p", "br", "strong", "em", "ul", "ol", "li", "h2", "h3", "a", "blockquote"},
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel", "sms"},
    link_rel="noopener",
)


class RichTextField(ProseEditorField):
    """HTML from the editor, cleaned by the same list of what is allowed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"extensions": EXTENSIONS, "sanitize": True, **kwargs})


def rich_text(html: str | None) -> SafeString:
    """The HTML, safe to show whatever way it came into the database."""
    return mark_safe(_cleaner.clean(html or ""))
