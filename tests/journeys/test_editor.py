"""The section editor for people who cannot see it, see it large, or hold it in one hand."""

import pytest

from tests.factories import PersonFactory, PolicyFactory, role_in, section_in
from tests.journeys.browsers import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEPT = "What you typed is kept for you. It is not saved yet."
LONG = "<p>We look after each other.</p>" * 40
START_AT = """place => {
  const editor = document.querySelector(".ProseMirror").editor
  editor.commands.setTextSelection(place)
  editor.view.focus()
}"""
# Is the line in which somebody writes in the window, and covered by nothing?
CARET = """() => {
  const line = getSelection().getRangeAt(0).getClientRects()[0]
  const top = line && document.elementFromPoint(line.left + 1, (line.top + line.bottom) / 2)
  return Boolean(top?.closest(".ProseMirror"))
}"""
COUNT_WHAT_IS_SAID = """() => {
  window.said = []
  const kept = document.getElementById("kept")
  const note = () => said.push(kept.textContent)
  new MutationObserver(note).observe(kept, { childList: true, characterData: true, subtree: true })
}"""
SPELLING = """() => {
  const { spellcheck, lang } = document.querySelector(".ProseMirror")
  return [spellcheck, lang]
}"""
COLOUR = "button => getComputedStyle(button).backgroundColor"


@pytest.fixture
def open_editor(site, new_context):
    richard = PersonFactory(name="Richard")
    policy = PolicyFactory(slug="safe")
    role_in(policy, richard)
    section = section_in(policy, LONG, "Why", richard)

    def opened(width=390, height=844, **options):
        context = new_context(viewport={"width": width, "height": height}, **options)
        page = sign_in(context, site, richard).new_page()
        page.goto(site + section.get_absolute_url())
        page.wait_for_selector("form[data-ready=yes]")
        page.evaluate(START_AT, 5)
        return page

    return opened


def test_that_it_is_kept_is_said_once_however_often_it_is_kept(open_editor):
    page = open_editor()
    page.evaluate(COUNT_WHAT_IS_SAID)
    for words in ("One", "Two"):
        with page.expect_response(lambda answer: "/keep/" in answer.url):
            page.keyboard.type(words)
    page.keyboard.press("Control+s")
    page.wait_for_selector("#kept:has-text('Saved at')")

    said = page.evaluate("said")
    assert said[:-1] == [KEPT, "Saving …"] and said[-1].startswith("Saved at")


@pytest.mark.parametrize("size", [(390, 844), (320, 256), (1280, 800)])
def test_line_in_which_somebody_writes_is_never_behind_a_bar(open_editor, size):
    page, seen = open_editor(*size), []
    for key in ["ArrowDown"] * 45 + ["Enter", "a"] * 3 + ["ArrowUp"] * 45:
        page.keyboard.press(key)
        if key != "Enter":  # an empty line has no place that a browser tells
            seen.append(page.evaluate(CARET))

    assert seen == [True] * 93


def test_tools_leave_most_of_a_low_window_to_the_text(open_editor):
    page = open_editor(320, 256)
    page.locator(".ProseMirror p").nth(20).evaluate("line => line.scrollIntoView()")

    bar = page.locator(".prose-menubar").evaluate("bar => bar.getBoundingClientRect().bottom")

    assert bar < 0


def test_editor_helps_with_spelling_and_names_its_windows(open_editor):
    page = open_editor(1280, 800)
    page.evaluate(START_AT, {"from": 5, "to": 9})
    page.click("button[data-name=link]")

    assert page.get_by_role("dialog", name="Link").get_by_label("Address").is_visible()
    assert page.evaluate(SPELLING) == [True, "en-GB"]


def test_pressed_button_can_be_told_in_colours_of_ones_own(open_editor):
    page = open_editor(1280, 800, forced_colors="active")
    page.evaluate(START_AT, {"from": 5, "to": 9})
    page.click("button[data-name=bold]")
    page.mouse.move(0, 0)

    pressed, other = page.locator("[data-name=bold]"), page.locator("[data-name=italic]")
    assert pressed.get_attribute("aria-pressed") == "true"
    assert pressed.evaluate(COLOUR) != other.evaluate(COLOUR)


def test_passage_is_marked_as_another_language_and_stays_so(open_editor):
    page = open_editor(1280, 800)
    choice = page.get_by_label("This passage is in")
    page.evaluate(START_AT, 40)  # in the second paragraph
    choice.select_option("cy")
    page.keyboard.press("Control+s")
    page.wait_for_selector("#kept:has-text('Saved at')")
    page.reload()
    page.wait_for_selector("form[data-ready=yes]")
    shown = []
    for place in (5, 40):
        page.evaluate(START_AT, place)
        shown.append(choice.input_value())

    assert shown == ["", "cy"]
    assert page.locator(".ProseMirror p[lang=cy]").count() == 1
