"""What a page must be for whoever reads it large, or its lines far apart (WCAG 1.4.10, 1.4.12)."""

# What does not fit in its box once lines, letters, words and paragraphs are as far apart as WCAG
# names, and fitted before: words of its own, or any that it hides. What is typed into a line can be
# moved along, and is left out. A sheet in an element of its own the pages' policy would refuse.
SPACED = """() => {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: .12em !important }
    * { word-spacing: .16em !important }
    p { margin-bottom: 2em !important }
  `)
  const own = one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim())
  const over = (one, side, overflow) => {
    const room = one["client" + side]
    if (room <= 1 || one["scroll" + side] <= room + 1) return false
    const how = getComputedStyle(one)[overflow]
    return how === "visible" ? own(one) : how !== "auto" && how !== "scroll" && one.innerText.trim()
  }
  const full = one => over(one, "Height", "overflowY") || over(one, "Width", "overflowX")
  const all = [...document.body.querySelectorAll(":not(input)")]
  const before = new Set(all.filter(full))
  document.adoptedStyleSheets.push(sheet)
  const found = all.filter(one => full(one) && !before.has(one))
  const wide = document.documentElement.scrollWidth > innerWidth
  document.adoptedStyleSheets.pop()
  return [
    ...found.map(one => `does not fit when spaced: ${one.outerHTML.slice(0, 80)}`),
    ...wide ? ["wider than the window when spaced"] : [],
  ]
}"""


def wrong(page):
    """What of the page is out of the window or of its box, as it is and with all further apart."""
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        return ["wider than the window"]
    return page.evaluate(SPACED)
