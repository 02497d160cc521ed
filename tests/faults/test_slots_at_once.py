"""200 people for 40 slots through the pages, 50 at once; a third of the booked ones move meanwhile.

One conversation a slot and a person, none lost in a move, no server error. Without lock and
constraints it fails.
"""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.urls import reverse

from collective import clock
from events.conversations import booking, invariants
from events.conversations.times import opening
from events.models import Conversation, ConversationSeries, Slot
from events.models.slot import SlotTaken
from tests.factories import TALK, PersonFactory, SeriesFactory, slot_of
from tests.faults.test_places_at_once import at_once

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PEOPLE, SLOTS, AT_ONCE, MOVERS = 200, 40, 50, 0.3
FORM = {
    "how": "phone",
    "who_rings": "host",
    "phone": "07700 900123",
    "topics": TALK["topics"],
    "capacity": "personal",
}


@pytest.fixture
def series():
    """All of its slots are free."""
    series = SeriesFactory(most_per_day=40)
    for number in range(SLOTS):
        slot_of(series, clock.now() + timedelta(days=3, hours=number))
    return series


def browser(person):
    client = Client()
    client.force_login(person)
    return client


def try_to_book(series, person, slots):
    """Through form and check page, at most three times: whoever is told that a time is taken tries
    another one.
    """
    client, statuses = browser(person), []
    for slot in random.sample(slots, 3):
        page = reverse("book_conversation", args=[series.slug, slot.pk])
        statuses += [client.post(page, FORM).status_code, client.post(f"{page}check/").status_code]
        if Conversation.objects.live().filter(person=person).exists():
            break
    return statuses


def move_about(conversation, slots):
    """Five moves to any slot, taken or not."""
    client = browser(conversation.person)
    answers = [
        client.post(reverse("move_booking_to", args=[conversation.pk, slot.pk]))
        for slot in random.sample(slots, 5)
    ]
    return [answer.status_code for answer in answers]


def rush(series, people=PEOPLE):
    """Everybody at once; returns every status that was answered."""
    slots = list(series.slots.all())
    people = PersonFactory.create_batch(people)
    movers = people[: int(SLOTS * MOVERS)]
    booked = []
    for person, slot in zip(movers, slots, strict=False):
        try_to_book(series, person, [slot] * 3)
        booked.append(Conversation.objects.get(person=person))
    acts = [lambda row=row: move_about(row, slots) for row in booked]
    acts += [
        lambda person=person: try_to_book(series, person, slots) for person in people[len(movers) :]
    ]
    random.shuffle(acts)

    def run(act):
        try:
            return act()
        except Exception as error:  # a server error, as a browser would see it
            return [f"{type(error).__name__}"]
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = [status for answers in pool.map(run, acts) for status in answers]
    return statuses, booked


def doubled(field):
    live = Conversation.objects.live().order_by().values(field)
    return live.annotate(number=Count("pk")).filter(number__gt=1).count()


def test_slots_are_booked_and_moved_by_many_at_once(series):
    statuses, booked = rush(series)

    assert [status for status in statuses if status not in {200, 302}] == []
    assert (doubled("slot"), doubled("person"), invariants.broken()) == (0, 0, [])
    assert all(Conversation.objects.live().filter(pk=row.pk).exists() for row in booked)


def test_without_lock_and_constraints_it_fails(series, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_conversation_a_slot")
        cursor.execute("DROP INDEX one_booked_each_turn")
    monkeypatch.setattr(
        ConversationSeries, "locked", lambda self: ConversationSeries.objects.get(pk=self.pk)
    )

    try:
        rush(series, people=60)

        assert doubled("slot") + doubled("person") > 0
    finally:
        Conversation.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX one_conversation_a_slot ON events_conversation (slot_id)"
                " WHERE state <> 'cancelled'"
            )
            cursor.execute(
                "CREATE UNIQUE INDEX one_booked_each_turn ON events_conversation (series_id, "
                "person_id, turn)"
                " WHERE state = 'booked'"
            )


def test_one_person_who_clicks_ten_times_at_once_books_once(series):
    person, slot = PersonFactory(), series.slots.first()

    rows = at_once([lambda: booking.book(slot, person, **TALK)] * 10)

    assert {row.pk for row in rows} == {Conversation.objects.get().pk}


def test_host_who_changes_the_hours_meanwhile_drops_nobody(series):
    slots = list(series.slots.all()[:20])
    people = PersonFactory.create_batch(20)

    def book(person, slot):
        try:
            return booking.book(slot, person, **TALK)
        except SlotTaken:
            return None

    rows = at_once(
        [
            lambda person=person, slot=slot: book(person, slot)
            for person, slot in zip(people, slots, strict=True)
        ]
        + [lambda: opening.apply(series, lambda locked: None)]
    )

    booked = [row for row in rows if isinstance(row, Conversation)]
    assert Slot.objects.filter(conversations__in=booked, state="open").count() == len(booked)
