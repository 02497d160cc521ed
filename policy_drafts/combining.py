"""Two writers' changes of one section in one text, paragraph by paragraph; what both changed stands there twice."""

from dataclasses import dataclass, field

import lxml.html

from policy_drafts import blocks, markup
from policy_drafts.models.section import SectionState


@dataclass
class Combined:
    """`html` is clean; `both` holds (theirs, mine) texts of what both changed: the writer chooses.

    `reordered`: both moved parts; they stand in the others' order.
    """

    html: str = ""
    both: list = field(default_factory=list)
    reordered: bool = False


@dataclass
class Values:
    """Title, state and notes of a section: what the writers have besides the text."""

    title: str
    state: str
    notes: str

    @property
    def state_name(self):
        return dict(SectionState.choices).get(self.state, self.state)

    @classmethod
    def of(cls, row):
        return cls(row.title, row.state, row.notes or "")

    @classmethod
    def typed(cls, values):
        return cls(values["title"].strip(), values["state"], values.get("notes") or "")


def combine_values(base, mine, theirs):
    """Each as whoever changed it; where both did, mine, and of notes both, theirs first."""
    found = {}
    for name in ("title", "state", "notes"):
        was, my, their = (getattr(row, name) for row in (base, mine, theirs))
        found[name] = their if my == was else my
        if name == "notes" and was not in (my, their) and my != their:
            found[name] = f"{their}\n\n{my}"
    return Values(**found)


def _tops(html, base, whose):
    """{key: (HTML without uids, text)} of what stands at the top, in order.

    The key is the one of the part of `base` ({uid of a block: key}) of which its first known block comes; what is new
    has one of its own (`whose`).
    """
    found = {}
    for number, top in enumerate(markup.tree(html)):
        top.tail = None
        uids = [leaf.get("data-block") for leaf in blocks.leaves(top)]
        known = [base[uid] for uid in uids if uid in base and base[uid] not in found]
        key = known[0] if known else f"{whose} {number}"
        text = " ".join(blocks.text_of(leaf) for leaf in blocks.leaves(top))
        found[key] = (markup.without_marks(lxml.html.tostring(top, encoding="unicode")), text)
    return found


def _places(html):
    """{uid of a block: uid of the first block in its part at the top}"""
    found = {}
    for top in markup.tree(html):
        uids = [leaf.get("data-block") for leaf in blocks.leaves(top)]
        found |= dict.fromkeys(uids, uids[0]) if uids else {}
    return found


def combine(base, mine, theirs):
    """Theirs with what I changed, added, moved or took out; all three are stored HTML whose uids go back to `base`."""
    places = _places(base)
    base, mine, theirs = _tops(base, places, "base"), _tops(mine, places, "mine"), _tops(theirs, places, "theirs")
    result = Combined(reordered=_moved(base, mine) and _moved(base, theirs))
    order = _order(base, theirs, mine)
    if _moved(base, mine) and not result.reordered:
        order = _order(base, mine, theirs)
    html = [_choose(result, base.get(key), mine.get(key), theirs.get(key)) for key in order]
    result.html = markup.cleaned("".join(html))
    return result


def _moved(base, one):
    """Do the parts that it shares with the base stand in another order?"""
    return [key for key in one if key in base] != [key for key in base if key in one]


def _order(base, first, second):
    """All keys: the first text's order, and what only the second has behind what stands before it there."""
    order, before = list(first), None
    for key in second:
        if key not in first:
            order.insert(order.index(before) + 1 if before else 0, key)
        before = key
    return order


def _choose(result, was, mine, there):
    """The HTML for one place; "" if it goes. What both changed is kept twice, theirs first."""
    if mine == there or was is None:
        return (there or mine)[0]
    if mine and there and was[0] not in (mine[0], there[0]) and mine[0] != there[0]:
        result.both.append((there[1], mine[1]))
        return there[0] + mine[0]
    if mine and there:
        return there[0] if mine[0] == was[0] else mine[0]
    left = mine or there
    if left[0] == was[0]:
        return ""  # one took it out, the other left it as it was
    result.both.append((there[1] if there else "", mine[1] if mine else ""))
    return left[0]
