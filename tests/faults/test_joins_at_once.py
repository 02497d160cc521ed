"""Two records are joined while something is taken in for one of them: nothing is ever lost.

`JOIN_ROUNDS` says how many rounds each race takes.
"""

import os
import random
from datetime import timedelta
from threading import Event

import pytest
from django.apps import apps
from django.db import IntegrityError

from collective import clock
from collective.errors import RuleError
from collective.messages.follows import follow
from collective.models import Follow, Person
from collective.people import record_joins, standing
from collective.safety import emptied
from events.conversations import booking
from events.models import Conversation, Registration
from events.sessions import places
from events.sessions.messages import telling
from payments.models import Payment, PayoutAccount
from payments.owing import offering
from payments.sending import payout_accounts
from tests.emptied import without_triggers
from tests.factories import (
    TALK,
    CoordinatorFactory,
    PersonFactory,
    SeriesFactory,
    coming_session,
    slot_of,
)
from tests.faults.test_places_at_once import at_once

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
ROUNDS = int(os.environ.get("JOIN_ROUNDS", "12"))
A_JOIN = 0.06  # seconds that one takes, about
LATER = 0.5  # seconds in which a sign-up waits for a join that has to wait for it


def sign_up(person):
    session = coming_session()
    return lambda: places.sign_up(session, person, capacity="personal")


def book(person):
    slot = slot_of(SeriesFactory(), clock.now() + timedelta(days=3))
    return lambda: booking.book(slot, person, **TALK)


def offer(person):
    what = offering.Decision(person, coming_session(), 7500, "They helped.")
    return lambda: offering.pay_by_hand(what, CoordinatorFactory())


def say_where_money_goes(person):
    wish = payout_accounts.ByHand("voucher", "Any shop", "page")
    return lambda: payout_accounts.choose_by_hand(person, wish)


def follow_a_call(person):
    call = coming_session().call
    return lambda: follow(person, call)


RACES = {
    sign_up: Registration,
    book: Conversation,
    offer: Payment,
    say_where_money_goes: PayoutAccount,
    follow_a_call: Follow,
}


def sooner_or_later(act):
    """What it returned, or how it was refused; a moment after the join began."""

    def run():
        Event().wait(random.uniform(0, A_JOIN))
        try:
            return act()
        except RuleError as refusal:
            return str(refusal)

    return run


def joins(kept, gone):
    by, second = CoordinatorFactory(), CoordinatorFactory()
    return lambda: record_joins.join(kept, gone, by, confirmed_by=second)


def lost():
    """What names a person whose record is empty, of all that a trigger guards."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for trigger in getattr(model._meta, "triggers", ()):
            if trigger.name.endswith("_is_not_emptied") and model is not Person:
                field = trigger.name.removesuffix("_is_not_emptied")
                rows = model._default_manager.filter(**{f"{field}__joined_into__isnull": False})
                found += [
                    (model.__name__, row.pk) for row in rows if model.__name__ != "JoinRequest"
                ]
    return found


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_whatever_comes_in_beside_a_join_is_with_the_record_that_is_left(race):
    for number in range(ROUNDS):
        two = sorted([PersonFactory(), PersonFactory()], key=lambda row: row.pk)
        kept, gone = two if number % 2 else reversed(two)

        done, row = at_once([sooner_or_later(race(gone)), joins(kept, gone)])

        assert row.kept == kept
        assert isinstance(done, RACES[race]) or done == standing.JOINED
        here = RACES[race].objects.filter(person=kept).count()
        assert (here, lost()) == (0 if done == standing.JOINED else 1, [])


@pytest.fixture
def paused(monkeypatch):
    """A sign-up that is done but for its commit, until the join is through or waits for it."""
    is_joined, has_begun = Event(), Event()
    tell = telling.tell_result_of_sign_up

    def wait(*arguments):
        tell(*arguments)
        has_begun.set()
        is_joined.wait(LATER)

    monkeypatch.setattr(telling, "tell_result_of_sign_up", wait)
    return is_joined, has_begun


def sign_up_beside_a_join(paused):
    """(what became of the sign-up, the record that is left)"""
    is_joined, has_begun = paused
    kept, gone = PersonFactory(), PersonFactory()
    act, join = sign_up(gone), joins(kept, gone)

    def join_later():
        has_begun.wait(5)
        join()
        is_joined.set()

    def refused():
        try:
            return act()
        except IntegrityError as error:
            return emptied.is_refusal(error)

    return at_once([refused, join_later])[0], kept


def test_join_waits_for_a_sign_up_that_has_begun(paused):
    _, kept = sign_up_beside_a_join(paused)

    assert (Registration.objects.get().person, lost()) == (kept, [])


def without_a_look(monkeypatch):
    monkeypatch.setattr(standing, "record_of", lambda key: Person.objects.get(pk=key))


def test_without_the_lock_the_trigger_refuses_it_and_nothing_is_lost(paused, monkeypatch):
    without_a_look(monkeypatch)

    was_refused, _ = sign_up_beside_a_join(paused)

    assert (was_refused, Registration.objects.count(), lost()) == (True, 0, [])


def test_without_the_lock_and_the_trigger_a_sign_up_is_lost(paused, monkeypatch):
    without_a_look(monkeypatch)

    with without_triggers():
        sign_up_beside_a_join(paused)

    assert "Registration" in [name for name, _ in lost()]
