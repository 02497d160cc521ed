"""Many people at once, each on a connection of their own: never a place too many, never an
error.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from collective import clock
from events.models import Registration, Session
from events.sessions import places
from tests.factories import PersonFactory, SessionFactory

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PEOPLE, PLACES = 40, 5


@pytest.fixture
def session():
    start = clock.now() + timedelta(days=20)
    return SessionFactory(places=PLACES, starts_at=start, ends_at=start + timedelta(hours=2))


def at_once(acts):
    """Run every act in a thread of its own, all let go together; returns their results."""
    gate = Barrier(len(acts))

    def run(act):
        gate.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(run, act) for act in acts]]


def states(session):
    counted = session.registrations.values_list("state", flat=True)
    return {state: list(counted).count(state) for state in set(counted)}


def test_forty_at_once_for_five_places_while_staff_save_the_session(session):
    people = PersonFactory.create_batch(PEOPLE)
    stale = Session.objects.get(pk=session.pk)

    at_once(
        [lambda person=person: places.sign_up(session, person) for person in people]
        + [stale.save, stale.save]
    )

    numbers = session.registrations.waiting().values_list("list_number", flat=True)
    assert states(session) == {"confirmed": PLACES, "waiting": PEOPLE - PLACES}
    assert list(numbers) == list(range(1, PEOPLE - PLACES + 1))


def test_one_person_who_clicks_ten_times_at_once_signs_up_once(session):
    person = PersonFactory()

    registrations = at_once([lambda: places.sign_up(session, person)] * 10)

    assert {row.pk for row in registrations} == {Registration.objects.get().pk}


def test_all_who_give_up_at_once_hand_on_exactly_their_places(session):
    rows = [places.sign_up(session, person) for person in PersonFactory.create_batch(PLACES * 3)]

    at_once([lambda row=row: places.give_up(row) for row in rows[:PLACES]])

    assert states(session) == {"cancelled": PLACES, "offered": PLACES, "waiting": PLACES}


def test_without_the_lock_two_choose_one_seat_and_the_constraint_refuses_one(session, monkeypatch):
    both_have_chosen = Barrier(2)
    free_seat = Session.free_seat

    def choose_then_wait(self):
        seat = free_seat(self)
        both_have_chosen.wait(timeout=60)
        return seat

    def try_to(person):
        try:
            return places.sign_up(session, person)
        except Exception as error:  # the constraint's refusal is what is looked for
            return type(error).__name__

    monkeypatch.setattr(Session, "free_seat", choose_then_wait)
    monkeypatch.setattr(Session, "locked", lambda self: Session.objects.get(pk=self.pk))
    results = at_once(
        [lambda person=person: try_to(person) for person in PersonFactory.create_batch(2)]
    )

    assert results.count("IntegrityError") == 1
    assert states(session) == {"confirmed": 1}
