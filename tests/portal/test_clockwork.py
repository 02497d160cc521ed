"""The clockwork is written on one page: nothing is missing, or registered elsewhere."""

import ast
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.module_loading import import_string

from collective.background import restoring, sweeps
from collective.messages import announcements, letters
from collective.people import record_joins
from portal import apps as clockwork
from tests.factories import (
    PaymentFactory,
    PersonFactory,
    PolicyFactory,
    SeriesFactory,
    SessionFactory,
    book,
    role_in,
    sign_up,
    slot_of,
)
from tests.joining import join

OURS = ["portal", "events", "policy_drafts", "payments", "collective"]


def functions():
    """Every function of ours, as (the module's dotted name, its syntax tree)."""
    for app in OURS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            if "migrations" not in path.parts:
                module = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
                for node in ast.parse(path.read_text()).body:
                    if isinstance(node, ast.FunctionDef):
                        yield module, node


def writes_letters(node):
    return any(
        isinstance(mark, ast.Call)
        and ast.unparse(mark.func) in {"kind", "mail.kind", "letters.kind"}
        for mark in node.decorator_list
    )


def test_sweeps_run_in_the_order_in_which_they_stand_there():
    assert list(sweeps._sweeps) == [name for name, _, _ in clockwork.SWEEPS]


def test_every_function_that_calls_itself_a_sweep_stands_there():
    found = {
        f"{module}.{node.name}"
        for module, node in functions()
        if (ast.get_docstring(node) or "").startswith("The sweep")
    }

    assert found - {act for _, act, _ in clockwork.SWEEPS} == set()


def test_every_module_that_writes_letters_stands_there():
    found = {module for module, node in functions() if writes_letters(node)}

    assert found == set(clockwork.MESSAGES)


def test_every_kind_that_is_marked_is_known():
    marked = [node for _, node in functions() if writes_letters(node)]

    assert len(letters.labels()) == len(marked)


def test_every_module_with_audiences_stands_there():
    found = {
        ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
        for app in OURS
        for path in Path(settings.BASE_DIR / app).rglob("*.py")
        if "\nAUDIENCES = [" in path.read_text() and path.name != "apps.py"
    }

    assert found == set(clockwork.AUDIENCES)
    assert [name for name, _ in announcements.choices()] == [
        row.name for module in clockwork.AUDIENCES for row in import_module(module).AUDIENCES
    ]


@pytest.mark.parametrize(
    "name",
    [
        *(act for _, act, _ in clockwork.SWEEPS),
        *clockwork.AFTER_RESTORE,
        clockwork.CARDS,
        clockwork.PAID_SESSIONS,
    ],
)
def test_each_dotted_name_is_a_function(name):
    assert callable(import_string(name))


def test_all_that_is_held_after_a_restore_stands_there():
    assert [f"{part.__module__}.{part.__name__}" for part in restoring._parts] == (
        clockwork.AFTER_RESTORE
    )


@pytest.mark.parametrize("app", [app for app in OURS if app != "portal"])
def test_other_apps_register_nothing_when_they_are_ready(app):
    assert type(apps.get_app_config(app)).ready is AppConfig.ready


# The order of locks in joining two records


def test_records_are_joined_in_the_order_in_which_the_page_says():
    assert list(record_joins._parts) == [name for name, _ in clockwork.JOINS]


LOCKED = {
    "collective_activity": "an activity",
    "events_registration": "a registration",
    "events_conversation": "a conversation",
    "policy_drafts_policyrole": "a role in a policy",
    "collective_person": "people",
    "payments_payment": "a payment",
}


def first_locks(queries):
    """The tables of LOCKED, in the order in which a row of each was first locked or written."""
    found = []
    for query in queries:
        for table, words in LOCKED.items():
            is_locked = f'FROM "{table}"' in query["sql"] and "FOR " in query["sql"]
            if (is_locked or f'UPDATE "{table}"' in query["sql"]) and words not in found:
                found.append(words)
    return found


@pytest.mark.django_db
@pytest.mark.usefixtures("early", "community")
def test_joining_locks_in_one_order_from_activities_to_people_and_their_payments():
    kept, gone = PersonFactory(), PersonFactory()
    sign_up(SessionFactory(), gone)
    book(slot_of(SeriesFactory()), gone)
    role_in(PolicyFactory(), gone)
    PaymentFactory(person=gone)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        join(kept, gone)

    assert first_locks(queries) == list(LOCKED.values())
