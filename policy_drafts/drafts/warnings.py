"""What a careful reader would stumble over in a working copy. None of it forbids publishing."""

import re
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from policy_drafts.drafts.contents import Working, WorkingContents
from policy_drafts.models import Policy, PolicyPicture, Section
from policy_drafts.text import markup, printable
from policy_drafts.text.blocks import Block

LEFT_IN = re.compile(
    r"\bTBC\b|\bTBA\b|\bTODO\b|\bXXX\b|to be confirmed|lorem ipsum|\?\?\?", re.IGNORECASE
)
LEADS_SOMEWHERE = re.compile(
    r"#|/(?!/)|mailto:[^@\s]+@|tel:\+?(?:[\d()-]|%20){3,}$|https?://[^/\s.]+\.[^/\s]", re.IGNORECASE
)
MOST_SIGNS = 10  # that are named
LONGEST_WORDS, LONGEST_ADDRESS = 40, 60  # characters that a warning says of a link


def warnings(policy: Policy, shown: WorkingContents) -> list[tuple[Working, str]]:
    """[(section, what a reader would stumble over there)]"""
    anchors = {block.uid for _, rows in shown for block in rows}
    own = {row.get_absolute_url() for row in PolicyPicture.objects.filter(policy=policy).only("pk")}
    return [
        (section, words)
        for section, rows in shown
        for words in _in_section(section, rows, anchors, own)
    ]


def _in_section(
    section: Working, rows: Sequence[Block], anchors: set[str], own_pictures: set[str]
) -> Iterator[str]:
    yield from _in_state(section, rows)
    words = "\n".join([section.title, *(row.text for row in rows)])
    yield from _in_words(words)
    yield from in_signs(words)
    root = markup.tree(section.html)
    yield from _in_headings(root)
    yield from _in_links(root, anchors)
    yield from _in_pictures(root)
    if set(markup.PICTURE.findall(section.html)) - own_pictures:
        yield "shows a picture of another policy, which readers may not see: add it here again"


def _in_state(section: Working, rows: Sequence[Block]) -> Iterator[str]:
    """A text that is not ready."""
    if not rows:
        yield "is empty"
    if section.state == Section.State.WRITING:
        yield "is marked as “writing”"
    if section.state == Section.State.NOT_STARTED and rows:
        yield "is marked as “not started”"


def _in_words(text: str) -> Iterator[str]:
    """Words that writers leave for later."""
    for words in sorted({match.group(0) for match in LEFT_IN.finditer(text)}):
        yield f"still says “{words}”"


def in_signs(text: str) -> Iterator[str]:
    """Signs that no typeface of the PDF files draws."""
    found = printable.lacking(text)
    if not found:
        return
    signs = "; ".join(f"“{sign}” ({printable.described(sign)})" for sign in found[:MOST_SIGNS])
    more = ", and others" if len(found) > MOST_SIGNS else ""
    one = "this sign" if len(found) == 1 else "these signs"
    yield (
        f"has what cannot be printed: {one}: {signs}{more}. In the PDF and in large print "
        f"“{printable.STAND_IN}” stands there instead"
    )


def _in_headings(root: HtmlElement) -> Iterator[str]:
    """Headings that skip a level (WCAG 2.2, 1.3.1)."""
    first = next(iter(root.iter("h3", "h4")), None)
    if first is not None and first.tag == "h4":
        yield "begins with a small heading: use the larger one first"


def _in_links(root: HtmlElement, anchors: set[str]) -> Iterator[str]:
    """Links that lead nowhere."""
    for link in root.iter("a"):
        address = (link.get("href") or "").strip()
        words = f"“{link.text_content()[:LONGEST_WORDS]}”"
        if not address or address == "#":
            yield f"has a link that leads nowhere: {words}"
        elif not LEADS_SOMEWHERE.match(address):
            yield f"has a link that leads nowhere: {words} ({address[:LONGEST_ADDRESS]})"
        elif address.startswith("#") and address.removeprefix("#b-") not in anchors:
            yield f"has a link to a place that is not there: {words}"


def _in_pictures(root: HtmlElement) -> Iterator[str]:
    """Pictures without words (WCAG 2.2, 1.1.1)."""
    for image in root.iter("img"):
        if not (image.get("alt") or "").strip():
            yield "has a picture without a description for people who cannot see it"
