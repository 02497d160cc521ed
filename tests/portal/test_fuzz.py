"""Hostile requests to every address, by everybody, with every method: never a server error, and no
row is written that is not the caller's to write.

A few in each run of the tests; `FUZZ=20000 python -m pytest -q tests/portal/test_fuzz.py` sends as
many as it is told. Each run says its seed; `FUZZ_SEED` asks for another. Who may write what stands
in `tests/fuzz/rights.py`.
"""

import itertools
import logging
import os
import random
import sys
from collections import Counter
from copy import deepcopy
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from tests.events.conversations import test_access as talks
from tests.factories import (
    EARLY,
    KICK_OFF,
    CoordinatorFactory,
    FinanceFactory,
    PersonFactory,
    PolicyFactory,
    SeriesFactory,
    role_in,
)
from tests.fuzz import sent
from tests.fuzz.rights import ANYBODY, Rights, is_in
from tests.fuzz.rows import Rows
from tests.policy_drafts import test_access as policies
from tests.portal import test_access_matrix as pages
from tests.portal import test_admin_matrix as staff
from tests.portal.test_access_matrix import arguments as of_pages  # noqa: F401 a fixture
from tests.portal.test_admin_matrix import arguments as of_staff  # noqa: F401 a fixture
from tests.signed_in import browser_of

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.django_db,
    pytest.mark.usefixtures("early", "community"),
]
MANY = int(os.environ.get("FUZZ", "1500"))
SEED = int(os.environ.get("FUZZ_SEED", 15))
METHODS = ["get", "post", "post", "head", "put", "patch", "delete", "options", "trace"]
LATE = KICK_OFF + timedelta(days=1)  # when people who came are noted, and what is due is paid
SAFE = {"get", "head", "options", "trace"}
FILLED = 0.5 if MANY >= 5000 else 0.06  # of the turns: a form of the page itself, filled in
MAY_BE_503 = {"ready"}  # no sweep has run in a test


@pytest.fixture
def world(of_pages, of_staff, db, early, community):  # noqa: F811 the fixtures
    """{name: address}, and {who: person}."""
    talk_world = talks.world.__wrapped__(db, early)
    policy_world = policies.world.__wrapped__(db, early, community)
    owner, named = of_pages
    keys, special, _ = of_staff
    signed_in_there = pages.session_of(browser_of(owner, second_factor=False))
    named["sign_out_there"] = {"pk": signed_in_there.public_id}
    addresses = {name: reverse(name, kwargs=named.get(name)) for name in pages.ROWS}
    addresses |= {
        name: reverse(name, kwargs=talks.arguments(name, talk_world)) for name in talks.ROWS
    }
    addresses |= {name: policies.address(name, policy_world) for name in policies.ROWS}
    addresses |= {f"admin:{name}": staff.address_of(name, keys, special) for name in staff.ROWS}
    people = {
        "visitor": None,
        "member": PersonFactory(),
        "owner": owner,
        "booker": talk_world[0].person,
        "host": talk_world[0].series.host,
        "other host": SeriesFactory().host,
        "lead": policy_world["lead"],
        "other lead": role_in(PolicyFactory()),
        "group": policy_world["group"],
        "coordinator": CoordinatorFactory(),
        "finance": FinanceFactory(),
        "confidant": PersonFactory(is_staff=True),
        "boss": CoordinatorFactory(is_superuser=True),
    }
    trusted = Group.objects.get(name="Who sees what is told in confidence")
    people["confidant"].groups.add(trusted)
    return addresses, people


@pytest.fixture(autouse=True)
def quick_client(monkeypatch):
    """The client copies the context of each part of a page for tests that look at it: not here."""
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_, **__: None)


def who_uses(name):
    """Who may well send the form of this address: the first of them sees it, if it has one."""
    if name.startswith("admin:"):
        return ["boss", "coordinator", "coordinator", "finance", "confidant"]
    if name in talks.ROWS:
        return ["host", "other host"] if name.startswith("host") else ["booker", "member"]
    return ["lead", "group", "other lead"] if name in policies.ROWS else ["owner", "member"]


def ask(client, method, address, fields, query):
    """The answer; cookies are as before."""
    cookies = deepcopy(client.cookies)
    try:
        if method in SAFE:
            return getattr(client, method)(address, QUERY_STRING=_encoded(query))
        body = sent.clean(fields) if method == "post" else b"x"
        return getattr(client, method)(address, body, QUERY_STRING=_encoded(query))
    finally:
        client.cookies = cookies


def _encoded(query):
    return urlencode(query, errors="surrogatepass")


class Run:
    """Asks one address after the other, and remembers what must not have happened."""

    def __init__(self, addresses, people):
        self.addresses, self.people = addresses, people
        self.names, self.chance = sorted(addresses), random.Random(SEED)
        self.browsers = {who: browser_of(person) for who, person in people.items()}
        self.rows = Rows()  # signing in has written when they last did
        self.rights = Rights(self.rows, people)
        self.keys = sorted({str(key) for table in self.rows.before.values() for key in table})
        self.forms = {}
        self.answers, self.wrote, self.wrong = Counter(), Counter(), []
        for browser in self.browsers.values():
            browser.raise_request_exception = False

    def turn(self, number):
        """One request, or two where a page has to be read for its forms."""
        name, who = self.names[number % len(self.names)], self.chance.choice(list(self.people))
        forms = self.forms_of(name) if self.chance.random() < FILLED else []
        if forms:
            form = self.chance.choice(forms)
            who = self.chance.choice(who_uses(name)) if self.chance.random() < 0.7 else who
            fields = form.filled(self.chance, self.keys)
            self.ask(name, who, "post", form.address, fields, {})
        else:
            query = sent.hostile(self.chance) if self.chance.random() < 0.6 else {}
            query = {row: value for row, value in query.items() if isinstance(value, str)}
            method, fields = self.chance.choice(METHODS), sent.hostile(self.chance)
            self.ask(name, who, method, self.addresses[name], fields, query)

    def forms_of(self, name):
        """The forms of a page, read once."""
        if name not in self.forms:
            address = self.addresses[name]
            answer = self.ask(name, who_uses(name)[0], "get", address, {}, {})
            is_page = answer.status_code == 200 and "html" in answer.headers["Content-Type"]
            self.forms[name] = sent.forms_of(answer.content, address) if is_page else []
        return self.forms[name]

    def ask(self, name, who, method, address, *sent_along):
        """One request; what it did is taken back."""
        with transaction.atomic():
            answer = ask(self.browsers[who], method, address, *sent_along)
            status, written = answer.status_code, self.rows.written()
            what = self.rights.outside(written, who, is_safe=method in SAFE)
            wrote = any(not is_in(ANYBODY, row) for row in written)
            refused = could_not_be_kept() if wrote else ""
            transaction.set_rollback(True)
        self.answers[status] += 1
        self.wrote[who] += wrote
        if what or refused or (status >= 500 and name not in MAY_BE_503):
            seen = sorted({*map(str, what), refused} - {""})
            self.wrong.append((status, seen, name, who, method, address, *sent_along))
        return answer


def could_not_be_kept():
    """What the database refuses where the request's transaction ends, or ""."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError as error:
        return f"at its end: {error}"
    return ""


@pytest.mark.parametrize("moment", [EARLY, LATE])
def test_no_server_error_and_no_row_outside_the_callers_rights(world, early, caplog, moment):
    caplog.set_level(logging.ERROR, "django.request")  # a line for each refusal costs a millisecond
    early.move_to(moment)
    run = Run(*world)

    turns = itertools.count()
    while run.answers.total() < MANY // 2:
        run.turn(next(turns))

    numbers = f"seed {SEED}, answers: {dict(run.answers)}, wrote: {dict(run.wrote)}\n"
    sys.stdout.write(numbers)
    assert [row[:5] for row in run.wrong] == [], numbers + "\n".join(map(repr, run.wrong))
