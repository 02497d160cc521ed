"""Each rule of `check_invariants` sees what breaks it, with the guard of the database taken off."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from collective import clock
from collective.models import Person
from events.models import AccessNeed, Registration, Session
from policy_drafts.models import DraftSection
from portal import invariants
from tests.factories import (
    FinanceFactory,
    PaymentFactory,
    PersonFactory,
    PolicyFactory,
    SeriesFactory,
    SessionFactory,
    book,
    published,
    role_in,
    section_in,
    sign_up,
    slots_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def unguarded(early):
    """No trigger and no constraint of these tables keeps anything: what psql could not do."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in ("events_registration", "policy_drafts_draft"):
            cursor.execute(
                "SELECT conname FROM pg_constraint"
                " WHERE contype IN ('c', 'u') AND conrelid = %s::regclass",
                [table],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            cursor.execute(
                "SELECT indexname FROM pg_indexes WHERE tablename = %s"
                " AND indexdef LIKE '%%UNIQUE%%' AND indexname NOT LIKE '%%pkey'",
                [table],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP INDEX "{name}"')


def words():
    return [words for words, _ in invariants.broken()]


def test_all_is_well_at_first(early):
    session = SessionFactory(places=1)
    for _ in range(3):
        sign_up(session, access_needs={"choices": ["captions"], "notes": ""})

    call_command("check_invariants", stdout=StringIO())


def test_too_many_people_are_seen(unguarded):
    session = SessionFactory(places=2)
    sign_up(session), sign_up(session)

    Session.objects.filter(pk=session.pk).update(places=1)

    assert words() == ["no session has more people than places"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"seat": None}, "a seat is held exactly where a place is"),
        ({"state": "waiting", "list_number": None}, "whoever waits has a number on the list"),
        ({"offer_until": "2022-09-09T10:00Z"}, "an offer has an end, and nothing else has"),
    ],
)
def test_place_that_is_not_as_it_should_be_is_seen(unguarded, changes, expected):
    registration = sign_up(SessionFactory())

    Registration.objects.filter(pk=registration.pk).update(**changes)

    assert expected in words()


def test_two_places_of_one_person_or_one_seat_are_seen(unguarded):
    session, person = SessionFactory(), PersonFactory()
    sign_up(session, person), sign_up(session)

    Registration.objects.update(person=person, seat=1)

    assert words() == ["a seat has one holder", "nobody is twice on one session"]


def test_number_of_two_people_on_the_list_is_seen(unguarded):
    session = SessionFactory(places=1)
    for _ in range(3):
        sign_up(session)

    session.registrations.waiting().update(list_number=1)

    assert words() == ["a number on the list is one person's"]


def test_what_is_left_with_a_joined_record_is_seen(unguarded):
    person = PersonFactory()
    sign_up(SessionFactory(), person, access_needs={"choices": ["captions"], "notes": ""})
    book(slots_of(SeriesFactory(), 1)[0], person)
    role_in(PolicyFactory(), person)
    by_finance = {"approved_by": FinanceFactory(), "approved_at": clock.now(), "method": "stripe"}
    PaymentFactory(person=person, state="approved", **by_finance)

    Person.objects.filter(pk=person.pk).update(
        joined_into=PersonFactory(), email=None, reach_by="phone"
    )

    assert set(words()) == {
        "no place is left with a joined record",
        "what somebody needs is theirs who live",
        "no conversation to come is left with a joined record",
        "no role is left with a joined record",
        "nothing is owed to a joined record",
    }


def test_draft_whose_text_was_changed_is_seen(unguarded):
    policy = PolicyFactory()
    lead = role_in(policy)
    section_in(policy, by=lead)
    published(policy, lead)

    DraftSection.objects.update(title="Another")

    assert words() == ["a draft is what its check sum says"]


def test_what_no_key_opens_is_seen_and_named(early):
    sign_up(SessionFactory(), access_needs={"choices": ["captions"], "notes": ""})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE events_accessneed SET what = 'tests:broken'")
    need = AccessNeed.objects.only("pk").defer("what").get()

    said = StringIO()
    with pytest.raises(CommandError, match="1 rules do not hold"):
        call_command("check_invariants", stderr=said, stdout=said)

    assert f"events.AccessNeed.what {need.pk}" in said.getvalue()
