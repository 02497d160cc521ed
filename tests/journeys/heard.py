"""What a page must be for whoever listens to it, or reads it large; asked where axe looks at it."""

import re

# What the browser has: the title, the headings, the links, the labelled parts, the longest line.
# A line holds as many signs as its width has room for, at the average width of those in it.
ASKED = r"""() => {
  const fold = words => words.replace(/\s+/g, " ").trim()
  const said = one => fold(one.getAttribute("aria-label") ?? one.textContent)
  const all = (what, within = document) => [...within.querySelectorAll(what)]
  const pen = document.createElement("canvas").getContext("2d")
  const line = one => {
    const own = [...one.childNodes].filter(node => node.nodeType === 3)
    const words = fold(own.map(node => node.data).join(" "))
    if (words.length <= 80) return 0
    const style = getComputedStyle(one)
    pen.font = style.font
    const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
    return Math.min(words.length, room * words.length / pen.measureText(words).width)
  }
  return {
    title: document.title,
    headings: all("h1").map(said),
    links: all("a[href]").map(one => [said(one), one.href]),
    labelled: all("main section[aria-labelledby], main section[aria-label]").length,
    long: all("main p, main li, main dd, main .hint, footer p, footer li")
      .map(one => [Math.round(line(one)), one.textContent.slice(0, 60)])
      .filter(([signs]) => signs > 80),
  }
}"""
BARE_WORDS = ("choose", "here", "more", "read more", "see it", "open it", "join", "change it")
BARE = rf"\d+(:\d\d)?(am|pm)|midday|midnight|{'|'.join(BARE_WORDS)}"


def wrong(page, *, is_django_s_own=False):
    """What somebody who listens to the page would hear wrongly; of the admin just the title."""
    has = page.evaluate(ASKED)
    found = titled_otherwise(has["title"], has["headings"])
    if not is_django_s_own:
        found += alike_links(has["links"])
        found += [f"a line of {signs} signs: {words}" for signs, words in has["long"]]
        found += ["a section is a landmark"] * bool(has["labelled"])
    return found


def titled_otherwise(title, headings):
    """A title begins with the heading, of which there is one, after "Error:" or an outcome."""
    if len(headings) != 1:
        return [f"{len(headings)} headings of the first level"]
    said = title.removeprefix("Error: ")
    begins = said.startswith(headings[0]) or f". {headings[0]}" in said
    return [] if begins else [f"the title is {title}, the heading {headings[0]}"]


def alike_links(links):
    """Links whose name says nothing by itself, or is that of a link to another address."""
    first = dict(reversed(links))
    return [
        f"the link {name} leads to {address}"
        for name, address in links
        if re.fullmatch(BARE, name, re.IGNORECASE) or first[name] != address
    ]
