"""Tables of contents, which ours makes itself, and links from one place of a file to another."""

import re
from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from lxml.html import HtmlElement

from policy_drafts.desk.readers.named import Group, Named, named, spaced
from policy_drafts.text import blocks, markup
from policy_drafts.text.bookmarks import anchor_of

SECTION = "#row-{}"  # the section of the file by its place, as it can be looked at before the yes
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = ("p", *HEADINGS, "dt", "figcaption", "summary")
CONTENTS_HEADINGS = ("contents", "table of contents")
OUR_MARK = re.compile(r"^#.*\bs[-_][0-9a-f-]{32,36}(_v\d+)?$")  # of a section in our files
CONTENTS = "The table of contents: ours makes itself"


def take_out(root: HtmlElement, level: str | None) -> list[Named]:
    """Take out lists of links to headings, before the first section or under "Contents".

    In a text of ours, whose headings bear marks, each such list is one that a writer meant. `level`
    is the heading that begins a section: "h2".
    """
    names = names_of_headings(root)
    if any(OUR_MARK.search(name) for name in names):
        return []
    taken: list[HtmlElement] = []
    for row in [row for row in root if row.tag in ("ul", "ol") and is_contents(row, names)]:
        before = row.getprevious()
        if before is not None and _is_contents_heading(before):
            taken += [before, row]
        elif all(other.tag != level for other in row.itersiblings(preceding=True)):
            taken.append(row)
    words = [" ".join(spaced(row).split()) for row in taken]
    for row in taken:
        row.drop_tree()
    return [named(Group.REST, CONTENTS, " ".join(words))] if taken else []


def _is_contents_heading(row: HtmlElement) -> bool:
    return row.tag in HEADINGS and _words(row).casefold().strip(" :") in CONTENTS_HEADINGS


def names_of_headings(root: HtmlElement) -> set[str]:
    """What a link to a heading of the file can point to, and the headings' words."""
    found: set[str] = set()
    for heading in root.iter(*HEADINGS):
        found.add(_words(heading))
        found |= {f"#{name}" for name in _names(heading)}
    return found


def _names(element: HtmlElement) -> list[str]:
    return [name for row in element.iter() for name in (row.get("id"), row.get("name")) if name]


def is_contents(row: HtmlElement, names: set[str], *, least: int = 2) -> bool:
    """Does a list hold so many links or more to headings, and no other word?"""
    links = list(row.iter("a"))
    linked = "".join(_words(link) for link in links)
    if len(links) < least or linked.replace(" ", "") != _words(row).replace(" ", ""):
        return False
    return all(
        (link.get("href") or "").startswith("#")
        and (link.get("href") in names or _words(link) in names)
        for link in links
    )


def link(
    headings: Sequence[HtmlElement | None],
    texts: Sequence[Sequence[HtmlElement]],
) -> None:
    """Let links within the file lead to its sections and blocks.

    One that leads nowhere is no link.
    """
    places: dict[str, HtmlElement | int] = {}
    for number, (heading, elements) in enumerate(zip(headings, texts, strict=True)):
        if heading is not None:
            places |= {f"#{name}": number for name in [*_names(heading), _slug(heading)]}
        for element in elements:
            for row in element.iter():
                for name in (row.get("id"), row.get("name")):
                    if name:
                        places.setdefault(f"#{name}", row)
    for anchor in [row for elements in texts for element in elements for row in element.iter("a")]:
        _lead(anchor, places)


def _lead(anchor: HtmlElement, places: dict[str, HtmlElement | int]) -> None:
    href = anchor.get("href") or ""
    if not href.startswith("#") or href.startswith(blocks.ADDRESS):
        return
    place = places.get(href)
    if place is None and not anchor_of(href):  # one of ours comes back as it went
        anchor.attrib.pop("href")
    elif place is None:
        return
    elif isinstance(place, int):
        anchor.set("href", SECTION.format(place))
    else:
        anchor.set("href", f"{blocks.ADDRESS}{_uid_of(place)}")


def _uid_of(element: HtmlElement) -> str:
    """The uid of the block in which an element stands, or which it holds; it gets one."""
    around = next((row for row in [element, *element.iterancestors()] if row.tag in BLOCKS), None)
    inside = next((row for row in element.iter(*BLOCKS)), element)
    block = inside if around is None else around
    uid = block.get("data-block") or str(uuid4())
    block.set("data-block", uid)
    return uid


def with_addresses(html: str, keys: Mapping[int, UUID]) -> str:
    """The HTML of a section of a file with its links to others leading to {place: section}.

    A link to a section that is not here is no link.
    """
    if SECTION.format("") not in html:
        return html
    root = markup.tree(html)
    for anchor in list(root.iter("a")):
        number = (anchor.get("href") or "").removeprefix(SECTION.format(""))
        if number.isdecimal() and int(number) in keys:
            anchor.set("href", f"#s-{keys[int(number)]}")
    return markup.inner(root)


def _slug(heading: HtmlElement) -> str:
    """The address that most programs make of a Markdown heading."""
    kept = "".join(sign for sign in _words(heading).lower() if sign.isalnum() or sign in " -_")
    return kept.replace(" ", "-")


def _words(element: HtmlElement) -> str:
    return " ".join(markup.without_nulls(element.text_content()).split())
