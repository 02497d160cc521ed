"""Whatever has the focus is in sight, also where a part of the page sticks to the edge (2.4.11)."""

import pytest

from tests.factories import PersonFactory, PolicyFactory, coming_session, role_in, section_in
from tests.journeys.browsers import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# What has the focus, and whether one of nine places in it is in the window and covered by nothing.
FOCUSED = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect()
  const places = (from, to, end) => [.1, .5, .9].map(
    part => Math.max(from, 0) + part * (Math.min(to, end) - Math.max(from, 0)))
  const across = places(box.left, box.right, innerWidth)
  const seen = across.some(x => places(box.top, box.bottom, innerHeight).some(y => {
    const top = document.elementFromPoint(x, y)
    return one.contains(top) || top?.closest("label")?.control === one
  }))
  return [one.tagName, (one.name || one.textContent).trim().slice(0, 40), seen]
}"""


@pytest.mark.parametrize("size", [(320, 640), (1280, 720)])
def test_what_has_the_focus_in_the_editor_is_never_covered(site, new_context, size):
    policy = PolicyFactory(slug="safe")
    richard = role_in(policy, PersonFactory(name="Richard"))
    section = section_in(policy, "<p>We look after each other.</p>" * 40, "Why", richard)
    context = new_context(viewport=dict(zip(("width", "height"), size, strict=True)))
    page = sign_in(context, site, richard).new_page()
    page.goto(site + section.get_absolute_url())
    page.wait_for_selector("form[data-ready=yes]")

    seen = []
    while not seen or seen[-1][0] != "BODY":
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUSED))

    assert len(seen) > 20
    assert [place for place in seen[:-1] if not place[2]] == []


def test_link_to_an_answer_moves_the_focus_there_and_leaves_the_address(site, new_context):
    session = coming_session()
    page = sign_in(new_context(), site, PersonFactory()).new_page()
    page.goto(f"{site}/sessions/{session.slug}/sign-up/")
    page.click("main form button")
    address = page.url

    page.click("#problems a >> nth=-1")

    assert page.evaluate("document.activeElement.name") == "agree"
    assert page.evaluate(FOCUSED)[2]
    assert page.url == address
