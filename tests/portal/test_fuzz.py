"""Hostile requests to every address, by everybody, with every method: never a server error, and no
row of anybody else's is touched.

A few in each run of the tests; `FUZZ=20000 python -m pytest -q tests/portal/test_fuzz.py` sends as
many as it is told. Each run says its seed; `FUZZ_SEED` asks for another.
"""

import hashlib
import os
import random
from collections import Counter
from copy import deepcopy
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse

from collective.models import Person
from tests.events.conversations import test_access as talks
from tests.factories import CoordinatorFactory, FinanceFactory, PersonFactory
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
VALUES = [
    "",
    " ",
    "0",
    "-1",
    "1e9",
    "9" * 400,
    "x",
    "x" * 3000,
    "\x00",
    "a\x00b",
    "%00",
    "\ud800",
    "\u202e",
    "🙂" * 50,
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "{{ 7*7 }}",
    "../../etc/passwd",
    "00000000-0000-0000-0000-000000000000",
    "not-a-uuid",
    "0001-01-01",
    "2022-13-45",
    "99999-01-01",
    "25:99",
    "on",
    "true",
    "[]",
    "{}",
    "//evil.example/",
    "https://evil.example/",
]
WORDS = """
    name email code next key capacity coming_along companion_name companion_email access
    access_notes agree owner wish how who_rings phone topics reason note state day time from
    from_time until_time title html text notes started_from page also block to channel words
    heard_on section audience news publish based_on kind link file receipt what amount choice
    smaller voucher deliver because let_go go_on gone q p o e all _to_field _popup
    _changelist_filters _facets app_label model_name field_name term action index
    select_across _selected_action _save _continue _saveasnew post reach_by contact_email
    postal_address other keep position places starts_at_0 starts_at_1 ends_at_0 line show call
    week links for before version theme time_zone wants_news payment reference pk id
    due_on__year due_on__month date__gte person__email__startswith slot_key series groups slug
"""
FIELDS = WORDS.split()
# What anybody may write by asking for a page: codes, mails about it, sessions, limits.
ANYBODYS = {
    "collective_signin",
    "collective_message",
    "collective_browsersession",
    "django_cache",
    "django_admin_log",
}
# To whom a row belongs, where it says so itself or by the row that it stands under.
OWNERS = ("person", "owner", "saved_by", "noted_by", "added_by", "user", "registration__person")
STAFF = {"coordinator", "finance", "boss"}
SAFE = {"get", "head", "options", "trace"}
# Whose act it is to change what is another's: who leads a policy ends roles and removes notes.
MAY = {("lead", "end_role"), ("lead", "remove_heard")}
MAY_BE_503 = {"ready"}  # no sweep has run in a test


@pytest.fixture
def world(of_pages, of_staff, db, early, community):  # noqa: F811 the fixtures
    """{name: address}, and {who: browser}."""
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
        "host": talk_world[0].series.host,
        "lead": policy_world["lead"],
        "group": policy_world["group"],
        "coordinator": CoordinatorFactory(),
        "finance": FinanceFactory(),
        "boss": CoordinatorFactory(is_superuser=True),
    }
    return addresses, people


def is_theirs(who, name):
    """Is this address there so that they change what is another's? A host answers wishes."""
    return (who, name) in MAY or (who == "host" and name.startswith("host_"))


def hostile(chance):
    """Some fields with values that no kind person sends, now and then a file."""
    names = chance.sample(FIELDS, chance.randrange(0, 9))
    found = {name: chance.choice(VALUES) for name in names}
    if chance.random() < 0.1:
        found[chance.choice(["file", "receipt", "mark"])] = SimpleUploadedFile(
            chance.choice(["x.docx", "x.pdf", "x.md", "x"]), chance.randbytes(200)
        )
    return found


def clean(fields):
    """The same as a client can encode it: a lone surrogate goes as bytes."""
    return {
        name: value.encode("utf-8", "surrogatepass").decode("latin-1")
        if isinstance(value, str) and "\ud800" in value
        else value
        for name, value in fields.items()
    }


def written():
    """{table: how often it was written} in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return dict(cursor.fetchall())


def owned_by_others(model, person):
    """The hashes of rows of a model that belong to somebody else."""
    names = {field.name for field in model._meta.get_fields()}
    path = next((name for name in OWNERS if name.split("__")[0] in names), None)
    if model is Person:
        rows = model.objects.exclude(pk=person.pk if person else None)
    elif path is None:
        return Counter()
    else:
        rows = model._default_manager.all()
        rows = rows.exclude(**{path: person}) if person else rows
    return hashes(rows)


def hashes(rows):
    """How often each row is there, by a hash of it."""
    rows = rows.order_by().values_list()
    return Counter(hashlib.sha256(repr(row).encode()).hexdigest() for row in rows)


class Watch:
    """The rows before any request, to be compared with after each: it is taken back anyway."""

    def __init__(self, people):
        self.people = people
        self.models = {row._meta.db_table: row for row in apps.get_models() if row._meta.managed}
        self.all = {table: self.now(table) for table in self.models}
        self.before = {
            (table, who): owned_by_others(model, person)
            for table, model in self.models.items()
            for who, person in people.items()
            if who not in STAFF
        }

    def now(self, table):
        return hashes(self.models[table]._default_manager.all())

    def amiss(self, changed, who, method):
        """What must not have been written by this person with this method; "" for nothing."""
        if who in STAFF:  # what staff may do to whom is the admin matrix's
            return ""
        if method in SAFE:  # a preview writes and takes it back: only what stays is looked at
            stayed = [row for row in changed & set(self.models) if self.now(row) != self.all[row]]
            return f"{sorted(stayed)} by {method}" if stayed else ""
        for table in changed & set(self.models):
            now = owned_by_others(self.models[table], self.people[who])
            if self.before[table, who] - now:
                return f"{table} of somebody else"
        return ""


def ask(client, method, address, fields, query):
    cookies = deepcopy(client.cookies)
    try:
        if method in SAFE:
            answer = getattr(client, method)(address, QUERY_STRING=_encoded(query))
        elif method == "post":
            answer = client.post(address, clean(fields), QUERY_STRING=_encoded(query))
        else:
            answer = getattr(client, method)(address, b"x", QUERY_STRING=_encoded(query))
        return answer.status_code
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
        self.watch = Watch(people)  # signing in has written when they last did
        self.answers, self.wrong = Counter(), []
        for browser in self.browsers.values():
            browser.raise_request_exception = False

    def ask(self, number):
        """One request; what it did is taken back."""
        name, who = self.names[number % len(self.names)], self.chance.choice(list(self.people))
        method, fields = self.chance.choice(METHODS), hostile(self.chance)
        query = hostile(self.chance) if self.chance.random() < 0.6 else {}
        query = {row: value for row, value in query.items() if isinstance(value, str)}
        with transaction.atomic():
            before = written()
            status = ask(self.browsers[who], method, self.addresses[name], fields, query)
            after = written()
            changed = {row for row, count in after.items() if count != before.get(row, 0)}
            what = self.watch.amiss(changed - ANYBODYS, who, method)
            what = "" if is_theirs(who, name) else what
            transaction.set_rollback(True)
        self.answers[status] += 1
        if what or (status >= 500 and name not in MAY_BE_503):
            self.wrong.append((status, what, name, who, method, fields, query))


def test_no_server_error_and_no_row_of_anybody_else(world):
    run = Run(*world)

    for number in range(MANY):
        run.ask(number)

    seen = [row[:5] for row in run.wrong]
    assert seen == [], "\n".join([f"seed {SEED}: {dict(run.answers)}", *map(repr, run.wrong)])
    assert sum(run.answers.values()) == MANY


def test_negative_control_a_row_of_anothers_is_seen(world):
    _, people = world
    watch = Watch(people)

    with transaction.atomic():
        Person.objects.filter(pk=people["owner"].pk).update(name="Changed")
        seen = watch.amiss({"collective_person"}, "member", "post")
        of_ones_own = watch.amiss({"collective_person"}, "owner", "post")
        transaction.set_rollback(True)

    assert (seen, of_ones_own) == ("collective_person of somebody else", "")
