"""Pictures in a policy's text, and the words for people who cannot see them (WCAG 2.2, 1.1.1)."""

from collections.abc import Mapping

from django.utils.html import escape

from policy_drafts.text import markup


def pictures_in(html: str) -> dict[str, str]:
    """{key of a picture: the words for people who cannot see it}, in order."""
    root = markup.tree(markup.without_marks(html))
    return {
        _key(address): image.get("alt") or ""
        for image in root.iter("img")
        if (address := image.get("src"))
    }


def with_words(html: str, words: Mapping[str, str]) -> str:
    """The HTML, its pictures described anew by {key of a picture: its words}."""
    if not words:
        return html
    root = markup.tree(markup.cleaned(html))
    for image in root.iter("img"):
        key = _key(image.get("src") or "")
        if key in words:
            image.set("alt", words[key])
    return markup.inner(root)


def figure(address: str, alternative_text: str, long_description: str) -> str:
    """The HTML of the picture at an address, with its words."""
    lines = [escape(line) for line in long_description.strip().splitlines() if line.strip()]
    caption = f"<figcaption>{'<br>'.join(lines)}</figcaption>" if lines else ""
    return f'<figure><img src="{address}" alt="{escape(alternative_text)}">{caption}</figure>'


def _key(address: str) -> str:
    """The key in a picture's address, "/policies/pictures/<key>/"."""
    return address.split("/")[-2]
