"""The documents say what is so: paths that exist, links that lead somewhere, tables as they are."""

import re
import tomllib

import pgtrigger
import pytest
from django.core.management import get_commands

import collective
from dev import servers, states
from events.models import Registration

PAGES = [servers.ROOT / "README.md", servers.ROOT / "CONTRIBUTING.md"]
PAGES += sorted(servers.ROOT.glob("docs/**/*.md"))
NAMES = [str(page.relative_to(servers.ROOT)) for page in PAGES]
FOLDERS = ("portal", "events", "policy_drafts", "payments", "collective", "templates", "static")
A_PATH = re.compile(rf"`((?:{'|'.join(FOLDERS)}|tests|dev|docs|benchmarks|bin)/[\w./-]*)`")
A_COMMAND = re.compile(r"\bmake ([a-z]+)(?=[`\n]| do=| PORT=)|manage\.py (\w+)")
A_PAGE = re.compile(r"\bdocs/[\w/-]+")
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


@of_every_page
def test_each_command_that_a_page_names_is_there(page):
    targets = set(re.findall(r"^([a-z]+):", (servers.ROOT / "Makefile").read_text(), re.MULTILINE))

    named = A_COMMAND.findall(page.read_text())

    assert [make for make, _ in named if make and make not in targets] == []
    assert [command for _, command in named if command and command not in get_commands()] == []


def test_each_page_that_code_points_at_is_there():
    code = [path for folder in FOLDERS for path in (servers.ROOT / folder).rglob("*.py")]
    named = {name for path in code for name in A_PAGE.findall(path.read_text())}

    there = {str(path.relative_to(servers.ROOT)) for path in PAGES}
    assert [
        name for name in sorted(named) if not any(page.startswith(name) for page in there)
    ] == []


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


def test_newest_heading_of_the_changelog_names_this_version():
    newest = re.search(r"^## (\S+?):", (servers.ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    project = tomllib.loads((servers.ROOT / "pyproject.toml").read_text())["project"]

    assert newest[1] == project["version"] == collective.__version__
