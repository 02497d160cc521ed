"""The documents say what is so: paths that exist, links that lead somewhere, tables as they are."""

import re

import pgtrigger
import pytest

from dev import servers, states
from events.models import Registration

PAGES = [servers.ROOT / "README.md", servers.ROOT / "CONTRIBUTING.md"]
PAGES += sorted(servers.ROOT.glob("docs/**/*.md"))
NAMES = [str(page.relative_to(servers.ROOT)) for page in PAGES]
FOLDERS = ("portal", "events", "policy_drafts", "payments", "collective", "templates", "static")
A_PATH = re.compile(rf"`((?:{'|'.join(FOLDERS)}|tests|dev|docs|benchmarks|bin)/[\w./-]*)`")
A_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def of_every_page(test):
    return pytest.mark.parametrize("page", PAGES, ids=NAMES)(test)


@of_every_page
def test_each_path_that_a_page_names_is_there(page):
    named = set(A_PATH.findall(page.read_text()))

    assert [path for path in sorted(named) if not (servers.ROOT / path).exists()] == []


@of_every_page
def test_each_link_of_a_page_leads_somewhere(page):
    linked = set(A_LINK.findall(page.read_text()))

    assert [path for path in sorted(linked) if not (page.parent / path).exists()] == []


def test_page_of_states_is_what_the_database_keeps():
    assert states.PAGE.read_text() == states.page()


def test_table_of_steps_is_drawn_in_the_order_of_its_states():
    State = Registration.State
    steps = pgtrigger.FSM(
        name="steps",
        field="state",
        transitions=[(State.OFFERED, State.CONFIRMED), (State.WAITING, State.OFFERED)],
    )

    drawn = states.part(Registration, steps)

    assert "    waiting --> offered\n    offered --> confirmed\n" in drawn
    assert "| `waiting` | On the waiting list | `offered` |\n" in drawn
    assert "| `cancelled` | Cancelled | nothing else |\n" in drawn
