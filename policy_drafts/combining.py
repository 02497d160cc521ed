"""Two writers' changes of one section in one text, paragraph by paragraph; what both changed stands there twice."""

from dataclasses import dataclass, field

import lxml.html

from policy_drafts import blocks, markup


@dataclass
class Combined:
    """`html` is clean; `both` holds (theirs, mine) texts of what both changed: the writer chooses."""

    html: str = ""
    both: list = field(default_factory=list)


def _tops(html):
    """{uid of the first block: (HTML without uids, text)} of what stands at the top, in order."""
    found = {}
    for number, top in enumerate(markup.tree(html)):
        top.tail = None
        leaves = blocks.leaves(top)
        key = leaves[0].get("data-block") if leaves else f"empty {number}"
        text = " ".join(blocks.text_of(leaf) for leaf in leaves)
        found[key] = (markup.without_marks(lxml.html.tostring(top, encoding="unicode")), text)
    return found


def combine(base, mine, theirs):
    """Theirs with what I changed, added or took out; all three are stored HTML whose uids go back to `base`."""
    base, mine, theirs = _tops(base), _tops(mine), _tops(theirs)
    result, order = Combined(), []
    for key, there in theirs.items():
        order.append((key, _choose(result, base.get(key), mine.get(key), there)))
    before = None
    for key, row in mine.items():
        if key not in theirs and (key not in base or row[0] != base[key][0]):
            if key in base:
                result.both.append(("", row[1]))
            place = next((number for number, (name, _) in enumerate(order) if name == before), -1)
            order.insert(place + 1, (key, row[0]))
        before = key if key in {name for name, _ in order} else before
    result.html = markup.cleaned("".join(html for _, html in order))
    return result


def _choose(result, was, mine, there):
    """The HTML for one place; "" if it goes. What both changed is kept twice, theirs first."""
    if was is None or (mine and mine[0] in (was[0], there[0])):
        return there[0]
    if mine is None:
        if there[0] == was[0]:
            return ""
        result.both.append((there[1], ""))
        return there[0]
    if there[0] == was[0]:
        return mine[0]
    result.both.append((there[1], mine[1]))
    return there[0] + mine[0]
