"""Two colleagues at the door: somebody new is added once, whoever is known is noted once."""

import pytest
from django.db import IntegrityError

from collective.models import Person
from collective.people.alike import KnownAlready
from events.models import Registration
from events.sessions import door
from events.sessions.door import Newcomer
from tests.factories import CommunityFactory, CoordinatorFactory, PersonFactory, SessionFactory
from tests.payments.at_once import overtaken_by

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("late")]


@pytest.fixture
def session(late):
    CommunityFactory()
    return SessionFactory()


def add_twice(session):
    add = [
        lambda by=by: door.note_newcomer(session, Newcomer("Ash Brown"), by=by)
        for by in CoordinatorFactory.create_batch(2)
    ]
    overtaken_by(*add)


def number_of_ashes():
    return Person.objects.filter(name="Ash Brown").count()


def test_two_who_add_somebody_new_at_once_add_one_record(session):
    with pytest.raises(KnownAlready):
        add_twice(session)

    assert (number_of_ashes(), Registration.objects.count()) == (1, 1)


def test_without_the_lock_nobody_sees_the_other_and_only_the_seat_is_refused(session, monkeypatch):
    monkeypatch.setattr(door, "_begun", lambda session: session)

    with pytest.raises(IntegrityError, match="one_holder_per_seat"):
        add_twice(session)


def test_two_who_note_somebody_known_at_once_note_them_once(session):
    person, by = PersonFactory(), CoordinatorFactory()

    noted = overtaken_by(
        lambda: door.note_came(session, person, by=by),
        lambda: door.note_came(session, person, by=by),
    )

    assert noted == Registration.objects.get()
