"""Staff's twenty daily tasks by keyboard alone: Tab, arrows, typing, Enter; the form of each within
three presses.
"""

import pytest

from tests.journeys.browsers import sign_in
from tests.journeys.staff_tasks import TASKS
from tests.journeys.staff_world import give_back, make_staff_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_TABS = 250
# what has the focus: its words, name, type and value
FOCUSED = """() => {
  const e = document.activeElement;
  const words = e.tagName === "INPUT" ? e.value : e.textContent;
  return [words.replace(/\\s+/g, " ").trim(), e.name || "", e.type || "", e.value || ""];
}"""


class Keyboard:
    """Presses and fills like somebody without a mouse; counts the presses until the first typing or
    the end.
    """

    def __init__(self, page):
        self.page, self.presses, self.form_at = page, 0, None

    def _tab_until(self, wanted, what):
        self.page.evaluate("document.activeElement.blur()")
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if wanted(*self.page.evaluate(FOCUSED)):
                return
        raise AssertionError(f"{what} cannot be reached by keyboard on {self.page.title()}")

    def press(self, words):
        self._tab_until(lambda text, name, kind, value: text == words, words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.presses += 1

    def fill(self, name, value):
        self.form_at = self.form_at or self.presses
        self._tab_until(
            lambda text, field, kind, current: field == name or field.endswith(name), name
        )
        kind = self.page.evaluate(FOCUSED)[2]
        if kind == "radio":
            while self.page.evaluate(FOCUSED)[3] != value:
                self.page.keyboard.press("ArrowDown")
            self.page.keyboard.press("Space")
        elif kind == "checkbox":
            self.page.keyboard.press("Space")
        else:
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(value)


@pytest.mark.parametrize("name", TASKS)
def test_task_is_done_by_keyboard_within_three_presses_to_its_form(site, new_context, name):
    world = make_staff_world()
    give_back(world.registrations["kim"])
    page = sign_in(new_context(locale="en-GB"), site, world.staff).new_page()
    page.goto(f"{site}/admin/")
    walker, (steps, is_done) = Keyboard(page), TASKS[name]

    steps(walker)

    assert is_done(world)
    assert (walker.form_at or walker.presses) <= 3
