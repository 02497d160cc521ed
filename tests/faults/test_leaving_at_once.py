"""Giving up by a link, taking it back and letting it go, all in the same moment."""

from datetime import timedelta
from threading import Barrier

import pytest

from collective import clock
from collective.errors import RuleError
from collective.models import Message
from events.conversations import booking
from events.conversations import leaving as talks
from events.models import Conversation, Registration
from events.sessions import invariants, leaving, places, waiting_list
from tests.factories import PersonFactory, SeriesFactory, SessionFactory, book, slot_of
from tests.faults.test_places_at_once import at_once, states

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PLACES = 6


@pytest.fixture
def rows():
    """Everybody with a place has given it up by a link, and as many wait."""
    start = clock.now() + timedelta(days=20)
    session = SessionFactory(places=PLACES, starts_at=start, ends_at=start + timedelta(hours=2))
    people = PersonFactory.create_batch(2 * PLACES)
    made = [places.sign_up(session, person) for person in people]
    return [leaving.give_up_by_link(row) for row in made[:PLACES]]


@pytest.fixture
def conversation():
    return book(slot_of(SeriesFactory(), clock.now() + timedelta(days=3)))


def refused(act):
    try:
        act()
    except RuleError:
        return True
    return False


def told(kind):
    return Message.objects.filter(kind=kind).count()


def test_each_place_is_kept_or_goes_on_and_never_both(rows):
    late = [row.pk for row in rows[: PLACES // 2]]
    Registration.objects.filter(pk__in=late).update(leaves_at=clock.now())
    session = rows[0].session

    takers = [lambda row=row: refused(lambda: leaving.take_back(row)) for row in rows]
    results = at_once(takers + [lambda: waiting_list.move_on(session.pk)] * 4)

    half = PLACES // 2
    assert results[:PLACES] == [True] * half + [False] * half
    assert states(session) == {
        "confirmed": half,
        "cancelled": half,
        "offered": half,
        "waiting": half,
    }
    assert not invariants.broken()


def test_ten_who_press_both_buttons_at_once_are_told_each_step_once(rows):
    row = rows[0]

    at_once([lambda: leaving.take_back(row)] * 10)
    at_once([lambda: leaving.give_up_by_link(row)] * 10)

    assert (told("kept"), told("leaving")) == (1, PLACES + 1)


def test_without_the_lock_each_press_would_be_told(rows, monkeypatch):
    all_have_read = Barrier(10)

    def unlocked(self):
        read = self.session, Registration.objects.get(pk=self.pk)
        all_have_read.wait(timeout=60)
        return read

    monkeypatch.setattr(Registration, "locked", unlocked)
    at_once([lambda: leaving.take_back(rows[0])] * 10)

    assert told("kept") == 10


def test_conversation_is_kept_or_cancelled_once(conversation):
    talks.give_up_by_link(conversation)
    Conversation.objects.update(leaves_at=clock.now() + timedelta(milliseconds=30))

    taken = at_once(
        [lambda: refused(lambda: talks.take_back(conversation))] * 5 + [booking.let_go_all] * 5
    )
    booking.let_go_all()

    conversation.refresh_from_db()
    kept = False in taken[:5]
    assert (conversation.state, told("conversation_cancelled")) == (
        ("booked", 0) if kept else ("cancelled", 1)
    )
