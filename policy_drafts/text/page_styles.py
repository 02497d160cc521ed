"""What a page's styles say of its elements: by their own attribute, and by simple rules.

A rule is simple that names one element by its tag, id and classes. What depends on the screen, on
other elements or on the mouse is passed over.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lxml.html import HtmlElement

Styles = Mapping[str, str]  # {property: value}

RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
AT_RULE = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})|/\*.*?\*/|<!--|-->", re.DOTALL)
SIMPLE = re.compile(r"([a-z][a-z0-9]*)?((?:[.#][\w-]+)*)", re.IGNORECASE)
NAME = re.compile(r"([.#])([\w-]+)")
NOTHING = re.compile(r"0*\.?0*(?:px|pt|em|rem|%)?")
LENGTH = re.compile(r"(-?(?:\d+\.?\d*|\.\d+))(px|pt|pc|em|rem|ch|ex|in|cm|mm|%|)")
POINTS = {"pt": 1, "px": 1, "": 1, "in": 72, "cm": 28, "mm": 3, "%": 1}  # about; others are letters
LETTER = 12  # points
FAR, VERY_FAR = -100, -999
SPACE_BEFORE = ("margin-left", "padding-left", "margin-inline-start", "padding-inline-start")
PLACED = ("absolute", "fixed", "relative")
LETTERS = {"font-size", "font", "color"}
SEE_THROUGH = re.compile(r"(?:rgba|hsla)\(.*,\s*0?\.?0+%?\s*\)")


@dataclass(frozen=True)
class Rule:
    """What one element must be, and the styles that it has then."""

    tag: str
    ids: frozenset[str]
    classes: frozenset[str]
    styles: Styles

    def is_for(self, element: HtmlElement, classes: frozenset[str]) -> bool:
        """Does it hold for an element that has these classes?"""
        return (
            (not self.tag or self.tag == element.tag)
            and self.classes <= classes
            and self.ids <= {element.get("id") or ""}
        )


@dataclass
class Rules:
    """The simple rules of a page, by one name that each of them asks for."""

    by_name: dict[str, list[tuple[int, Rule]]] = field(default_factory=dict)

    def add(self, place: int, rule: Rule) -> None:
        """Add one that stands at this place among all."""
        name = next(iter(sorted(rule.classes or rule.ids)), rule.tag)
        self.by_name.setdefault(name, []).append((place, rule))

    def styles_of(self, element: HtmlElement) -> Styles:
        """The styles of an element by these rules and by itself: what stands later wins."""
        classes = frozenset((element.get("class") or "").split())
        names = [*classes, element.get("id") or "", str(element.tag)] if self.by_name else []
        rows = [row for name in names for row in self.by_name.get(name, [])]
        found: dict[str, str] = {}
        for _, rule in sorted(rows, key=lambda row: row[0]):
            if rule.is_for(element, classes):
                found |= rule.styles
        if style := element.get("style"):
            found |= read(style)
        return found


NO_RULES = Rules()


def rules_in(style_sheets: str) -> Rules:
    """The simple rules of a page's style sheets."""
    found = Rules()
    for place, (names, body) in enumerate(RULE.findall(AT_RULE.sub("", style_sheets))):
        styles = read(body)
        for name in names.split(","):
            simple = SIMPLE.fullmatch(name.strip())
            if simple and simple[0]:
                found.add(place, _rule(simple[1] or "", simple[2], styles))
    return found


def _rule(tag: str, names: str, styles: Styles) -> Rule:
    parts = NAME.findall(names)
    ids = frozenset(name for sign, name in parts if sign == "#")
    classes = frozenset(name for sign, name in parts if sign == ".")
    return Rule(tag.lower(), ids, classes, styles)


def read(text: str) -> dict[str, str]:
    """The properties that a style says."""
    pairs = (row.partition(":") for row in text.lower().split(";"))
    return {
        name.strip(): value.replace("!important", "").strip()
        for name, colon, value in pairs
        if colon
    }


def hides(style: Styles, inside: Iterable[Styles]) -> bool:
    """Would nobody see the words of an element with these styles, and those of what it holds?

    What is inside can have a size or a colour of its own.
    """
    own = (
        style.get("display") == "none"
        or style.get("mso-hide") == "all"
        or style.get("visibility") in ("hidden", "collapse")
        or style.get("content-visibility") == "hidden"
        or _is_nothing(style.get("opacity"))
        or _is_out_of_sight(style)
    )
    return own or (_hides_letters(style) and not any(map(LETTERS.intersection, inside)))


def _hides_letters(style: Styles) -> bool:
    return (
        _is_nothing(style.get("font-size"))
        or style.get("font", "").startswith(("0/", "0px", "0 "))
        or _is_see_through(style.get("color", ""))
    )


def _is_nothing(value: str | None) -> bool:
    return bool(value) and NOTHING.fullmatch(value or "") is not None


def _is_see_through(colour: str) -> bool:
    return colour == "transparent" or SEE_THROUGH.fullmatch(colour) is not None


def _is_out_of_sight(style: Styles) -> bool:
    """Is it far beside the page, or cut down to nothing?"""
    if _is_indented_away(style):
        return True
    if style.get("position") in PLACED:
        sides = (_length(style.get(side, "")) for side in ("left", "top"))
        if any(number <= FAR for number, _ in sides):
            return True
    if style.get("position") not in ("absolute", "fixed"):
        return False
    clip = style.get("clip", "").replace(",", " ").split("(")[-1]
    is_clipped = bool(clip) and clip.startswith(("0 0 0 0", "1px 1px 1px 1px", "0px 0px 0px 0px"))
    return is_clipped or style.get("clip-path", "").startswith(("inset(50%", "inset(100%"))


def _is_indented_away(style: Styles) -> bool:
    """Does its first line begin far beside the page? One that hangs into a margin is seen."""
    number, points = _length(style.get("text-indent", ""))
    if number > FAR or number <= VERY_FAR:
        return number <= VERY_FAR
    spaces = [_length(style.get(name, ""))[1] for name in SPACE_BEFORE]
    spaces += [_left_of(style.get(name, "")) for name in ("margin", "padding")]
    return sum(spaces) < -points / 2


def _length(value: str) -> tuple[float, float]:
    """(the number, about how many points)"""
    found = LENGTH.fullmatch(value)
    number = float(found[1]) if found else 0
    return number, number * POINTS.get(found[2] if found else "", LETTER)


def _left_of(values: str) -> float:
    """The left one of the four sides that one property names, in points."""
    sides = values.split()
    return _length(sides[(0, 1, 1, 3)[len(sides) - 1]])[1] if 1 <= len(sides) <= 4 else 0
