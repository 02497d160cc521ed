"""Forgetting somebody while a place is offered to them, while they sign up, and while they earn.

`ROUNDS=200` measures; each round is one collision of real transactions, begun a little apart.
"""

import os
import time
from datetime import timedelta
from random import Random
from threading import Event

import pytest
from django.db import Error, connection

from collective import clock
from collective.errors import RuleError
from collective.models import DeletionRequest, Person
from collective.models.person import PersonQuerySet
from collective.people import asked_to_forget, standing, traces
from events.models import Registration, Session
from events.models.registration_states import LIVE
from events.sessions import attendance, places
from payments.models import Payment
from tests.emptied import without_triggers
from tests.factories import CoordinatorFactory, PersonFactory, SessionFactory
from tests.faults.test_places_at_once import at_once

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("community", "media"),
]
ROUNDS = int(os.environ.get("ROUNDS", "10"))
AS_LONG_AS_FORGETTING = 0.25  # seconds, and more on a busy machine
State = Registration.State
chance = Random(15)


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def coming(**more):
    start = clock.now() + timedelta(days=20)
    return SessionFactory(starts_at=start, ends_at=start + timedelta(hours=2), **more)


def due(person):
    """Their request to be forgotten, whose day has come."""
    return DeletionRequest.objects.create(person=person, due_at=clock.now())


def collide(act, request):
    """Do the act while the person is forgotten; returns the deadlocks that there were."""
    wait = chance.random() * AS_LONG_AS_FORGETTING

    def a_little_later():
        time.sleep(wait)
        return act()

    results = at_once([tried(a_little_later), tried(lambda: asked_to_forget.carry_out(request.pk))])
    return [result for result in results if "deadlock" in str(result)]


def tried(act):
    """What the act said, or the refusal of a rule or of the database."""

    def run():
        try:
            return act()
        except (RuleError, Error) as error:
            return error

    return run


def finish(person):
    """What the sweep does next; returns whether the person is forgotten."""
    asked_to_forget.carry_out_all()
    return Person.objects.get(pk=person.pk).forgotten_at is not None


@pytest.fixture
def held_open(monkeypatch):
    """Forgetting stands still after its last look, until the other act is done or a second is over.

    Returns a wrapper for the other act, which begins in that moment.
    """
    inside, done, remove = Event(), Event(), traces.remove

    def slowly(*arguments):
        inside.set()
        done.wait(1)
        remove(*arguments)

    monkeypatch.setattr(traces, "remove", slowly)

    def in_that_moment(act):
        def run():
            inside.wait(5)
            try:
                return act()
            finally:
                connection.close()
                done.set()

        return run

    return in_that_moment


# forget × offer


def a_full_session():
    """(who has the one place, who is the next in order and forgotten, three more who wait)"""
    session = coming(places=1)
    return [places.sign_up(session, person) for person in PersonFactory.create_batch(5)]


def states_of(rows):
    return [Registration.objects.get(pk=row.pk).state for row in rows]


MOVED_ON = [State.CANCELLED, State.CANCELLED, State.OFFERED, State.WAITING, State.WAITING]


def offer_while_forgetting():
    """The one place is given up while the next in order is forgotten."""
    rows = a_full_session()
    deadlocks = collide(lambda: places.give_up(rows[0]), due(rows[1].person))
    return finish(rows[1].person), states_of(rows), deadlocks


def test_place_that_is_freed_while_the_next_is_forgotten_goes_to_the_one_after():
    rounds = [offer_while_forgetting() for _ in range(ROUNDS)]

    assert [found for found in rounds if found != (True, MOVED_ON, [])] == []


def only_ended(registration):
    """As if forgetting just ended bookings, without the lock and the rule of giving them up."""
    ended = {"state": State.CANCELLED, "seat": None, "offer_until": None, "list_number": None}
    Registration.objects.filter(pk=registration.pk).update(**ended, ended_because="gave_up")


def test_without_the_ordinary_rule_of_giving_up_a_place_is_lost(monkeypatch):
    give_up = places.give_up
    monkeypatch.setattr("events.sessions.forgetting.places", type("", (), {"give_up": only_ended}))

    rows = a_full_session()
    give_up(rows[0])  # the next in order has the offer when they are forgotten
    asked_to_forget.carry_out(due(rows[1].person).pk)

    assert State.OFFERED not in states_of(rows)


# forget × sign-up


def sign_up_while_forgetting():
    """Returns (is forgotten, what is left of theirs, deadlocks)."""
    session, person = coming(), PersonFactory()
    deadlocks = collide(lambda: places.sign_up(session, person), due(person))
    return finish(person), session.registrations.filter(state__in=LIVE).count(), deadlocks


def test_nobody_who_is_forgotten_is_left_with_a_place_that_they_took_meanwhile():
    rounds = [sign_up_while_forgetting() for _ in range(ROUNDS)]

    assert [found for found in rounds if found != (True, 0, [])] == []


def sign_up_in_the_last_moment(held_open):
    """Returns what is left of somebody who is forgotten and signs up after the last look."""
    session, person = coming(), PersonFactory()
    request = due(person)
    at_once(
        [
            tried(held_open(lambda: places.sign_up(session, person))),
            tried(lambda: asked_to_forget.carry_out(request.pk)),
        ]
    )
    return session.registrations.filter(state__in=LIVE).count()


def test_sign_up_after_the_last_look_waits_and_is_refused(held_open):
    assert sign_up_in_the_last_moment(held_open) == 0


def test_without_the_trigger_and_the_look_at_the_record_it_stays(held_open, monkeypatch):
    monkeypatch.setattr(standing, "record_of", lambda key: Person.objects.get(pk=key))
    monkeypatch.setattr("collective.messages.mail.tell", lambda *arguments, **more: None)

    with without_triggers():
        assert sign_up_in_the_last_moment(held_open) == 1


# forget × payment


def earn_while_forgetting(staff):
    """Somebody is noted as taken part while they are forgotten; returns what came of it."""
    person, session = PersonFactory(), coming()
    row = places.sign_up(session, person, capacity="personal")
    now = clock.now()
    Session.objects.filter(pk=session.pk).update(
        starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1)
    )
    deadlocks = collide(lambda: attendance.mark(row, State.ATTENDED, by=staff), due(person))
    owed = Payment.objects.filter(person=person, state=Payment.State.DUE).count()
    return finish(person), owed, deadlocks


def test_nobody_is_forgotten_while_something_becomes_due_to_them():
    staff = CoordinatorFactory()

    rounds = [earn_while_forgetting(staff) for _ in range(ROUNDS)]

    assert [found for found in rounds if found != (False, 1, [])] == []


def test_without_a_look_at_what_is_owed_somebody_loses_it(monkeypatch):
    monkeypatch.setattr(PersonQuerySet, "select_for_update", lambda self, **more: self)
    for module in ("events.sessions", "payments", "collective.people.forgotten_rows"):
        name = module if module.endswith("rows") else f"{module}.forgetting"
        monkeypatch.setattr(f"{name}.in_the_way", lambda person: [])
    staff = CoordinatorFactory()

    assert earn_while_forgetting(staff)[0]
