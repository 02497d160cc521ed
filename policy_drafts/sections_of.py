"""Splitting a whole text into sections by its headings."""

import lxml.html

from policy_drafts import markup


def sections_of(root):
    """[(title, HTML)] of an element's children: each h1 or h2 begins a section; what stands before has the title ""."""
    found = [("", [])]
    for child in root:
        if child.tag in ("h1", "h2") and child.text_content().strip():
            found.append((" ".join(child.text_content().split())[:150], []))
        else:
            found[-1][1].append(lxml.html.tostring(child, encoding="unicode"))
    return [(title, "".join(parts)) for title, parts in found if title or markup.cleaned("".join(parts))]
