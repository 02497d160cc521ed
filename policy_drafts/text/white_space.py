"""White space as a browser shows it: a run of it is one space, and none at either end of a text.

A line that was wrapped by hand is no line break: only <br> is one. A space that does not break
stays, as somebody put it there.
"""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

RUN = re.compile(r"[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")

Slot = tuple[HtmlElement, str]  # an element, and "text" or "tail" of it


def fold(element: HtmlElement) -> None:
    """Fold the white space in an element that holds one text."""
    after_space, last = True, None
    for owner, name in _slots(element):
        if name == "break":
            _trim_end(last)
            after_space, last = True, None
            continue
        words = RUN.sub(" ", getattr(owner, name) or "")
        if after_space:
            words = words.removeprefix(" ")
        setattr(owner, name, words or None)
        if words:
            after_space, last = words.endswith(" "), (owner, name)
    _trim_end(last)


def _slots(element: HtmlElement) -> Iterator[Slot]:
    """Each place of text in order, and "break" where a line ends."""
    yield element, "text"
    for child in element:
        if child.tag == "br":
            yield child, "break"
        elif child.tag != "img":
            yield from _slots(child)
        yield child, "tail"


def _trim_end(last: Slot | None) -> None:
    """Take the space at the end of the text that was last, if it is one."""
    if last:
        words = (getattr(*last) or "").removesuffix(" ")
        setattr(*last, words or None)
