"""Letters of twice the size on the smallest phone: words stay whole, and nothing runs over."""

import pytest

from tests.journeys.browsers import sign_in
from tests.journeys.world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = ["/", "/pages/support/", "/conversations/talk/", "/me/", "/sessions/open/sign-up/"]
TWICE = """() => {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync("html { font-size: 225% }")
  document.adoptedStyleSheets = [sheet]
}"""
# Short words that stand on more than one line.
PARTED = """() => {
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT)
  const found = []
  while (texts.nextNode()) {
    for (const word of texts.currentNode.data.matchAll(/(?<![\\w@.-])[A-Za-z]{2,8}(?![\\w@.-])/g)) {
      const range = document.createRange()
      range.setStart(texts.currentNode, word.index)
      range.setEnd(texts.currentNode, word.index + word[0].length)
      const lines = [...range.getClientRects()].filter((line) => line.width > 1)
      if (new Set(lines.map((line) => Math.round(line.top))).size > 1) found.push(word[0])
    }
  }
  return found
}"""
TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_letters_of_twice_the_size_leave_short_words_whole(site, new_context):
    world, found = make_world(), {}
    options = {"viewport": {"width": 320, "height": 640}}
    page = sign_in(new_context(**options), site, world.member).new_page()
    for path in PAGES:
        page.goto(site + path)
        page.evaluate(TWICE)
        found[path] = (page.evaluate(PARTED), page.evaluate(TOO_WIDE))

    assert found == {path: ([], False) for path in PAGES}
