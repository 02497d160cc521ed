"""Every address of conversations × everybody: visitor, members, hosts, coordinator, finance."""

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Conversation
from tests import matrix
from tests.factories import (
    KICK_OFF,
    CoordinatorFactory,
    FinanceFactory,
    PersonFactory,
    SeriesFactory,
    book,
    slot_of,
    slots_of,
)
from tests.signed_in import with_second_factor

OK, TO, NO, NEVER = 200, 302, 404, 405
HOSTS = (TO, NO, NO, OK, NO, NO, NO)  # a page of the host's
ACTS = (TO, NO, NO, NEVER, NO, NO, NO)  # an act of the host's, asked for with GET
OWNERS = (TO, NO, OK, NO, NO, NO, NO)
HOSTS_ACTS = (TO, NO, NO, TO, NO, NO, NO)  # the same, asked for with POST
OWNERS_ACTS = (TO, NO, TO, NO, NO, NO, NO)
# name: (visitor, another member, owner, host, another host, coordinator, finance), each answer to
# GET
ROWS = {
    "conversations": (OK,) * 7,
    "book_conversation": (TO, OK, OK, OK, OK, OK, OK),
    "check_booking": (TO,) * 7,
    "ask_for_time": (TO, OK, OK, OK, OK, OK, OK),
    "withdraw_wish": (TO, *(NEVER,) * 6),
    "booking": OWNERS,
    "move_booking": OWNERS,
    "move_booking_to": OWNERS,
    "cancel_booking": OWNERS,
    "take_back_booking": OWNERS,
    "booking_answers": OWNERS,
    "booking_capacity": OWNERS,
    "forget_booking": (TO, NO, TO, NO, NO, NO, NO),
    "booking_calendar": OWNERS,
    "host": HOSTS,
    "host_day": HOSTS,
    "host_times": HOSTS,
    "host_weekly": HOSTS,
    "host_single_day": HOSTS,
    "host_day_off": HOSTS,
    "host_rules": HOSTS,
    "host_remove_hours": HOSTS,
    "host_close_slot": ACTS,
    "host_reopen_slot": ACTS,
    "host_request": HOSTS,
    "host_settle_request": ACTS,
    "host_conversation": HOSTS,
    "host_note": ACTS,
    "host_outcome": ACTS,
    "host_undo_outcome": ACTS,
    "host_link": ACTS,
    "host_passed_on": ACTS,
    "host_cancel": HOSTS,
}
# The same, each answer to POST of a form in which nothing is filled in.
POSTS = {
    "conversations": (NEVER,) * 7,
    "book_conversation": (TO, *(OK,) * 6),
    "check_booking": (TO,) * 7,
    "ask_for_time": (TO, *(OK,) * 6),
    "withdraw_wish": OWNERS_ACTS,
    "booking": (TO, *(NEVER,) * 6),
    "move_booking": (TO, *(NEVER,) * 6),
    "move_booking_to": OWNERS_ACTS,
    "cancel_booking": OWNERS_ACTS,
    "take_back_booking": OWNERS_ACTS,
    "booking_answers": OWNERS,
    "booking_capacity": OWNERS,
    "forget_booking": OWNERS_ACTS,
    "booking_calendar": (TO, *(NEVER,) * 6),
    "host": ACTS,
    "host_day": ACTS,
    "host_times": ACTS,
    "host_weekly": HOSTS,
    "host_single_day": HOSTS,
    "host_day_off": HOSTS,
    "host_rules": HOSTS,
    "host_remove_hours": HOSTS_ACTS,
    "host_close_slot": HOSTS_ACTS,
    "host_reopen_slot": HOSTS_ACTS,
    "host_request": HOSTS,
    "host_settle_request": HOSTS_ACTS,
    "host_conversation": ACTS,
    "host_note": HOSTS_ACTS,
    "host_outcome": HOSTS,
    "host_undo_outcome": HOSTS_ACTS,
    "host_link": HOSTS,
    "host_passed_on": HOSTS,
    "host_cancel": HOSTS,
}
OF_CONVERSATION = {
    "booking",
    "move_booking",
    "cancel_booking",
    "take_back_booking",
    "booking_answers",
    "booking_capacity",
    "forget_booking",
    "booking_calendar",
}


@pytest.fixture
def world(db, early):
    """One conversation of one owner, and what the addresses name."""
    series = SeriesFactory()
    booked, free = slots_of(series, 2)
    conversation = book(booked)
    asked = series.time_requests.create(person=conversation.person, wish="Mondays")
    hours = series.hours.create(weekday=0, from_time="10:00", until_time="12:00")
    return conversation, free, asked, hours


def arguments(name, world):
    conversation, free, asked, hours = world
    slug = conversation.series.slug
    if name == "move_booking_to":
        return {"pk": conversation.pk, "slot_pk": free.pk}
    if name == "withdraw_wish":
        return {"pk": asked.pk}
    if name in OF_CONVERSATION:
        return {"pk": conversation.pk}
    keys = {
        "book_conversation": free,
        "check_booking": free,
        "host_close_slot": free,
        "host_reopen_slot": free,
        "host_request": asked,
        "host_settle_request": asked,
        "host_remove_hours": hours,
    }
    if name in keys:
        return {"slug": slug, "pk": keys[name].pk}
    if name == "host_day":
        return {"slug": slug, "day": "2022-10-06"}
    about_one = {
        "host_conversation",
        "host_note",
        "host_outcome",
        "host_undo_outcome",
        "host_link",
        "host_passed_on",
        "host_cancel",
    }
    return {"slug": slug, "pk": conversation.pk} if name in about_one else {"slug": slug}


def clients(world):
    host = world[0].series.host
    people = [
        None,
        PersonFactory(),
        world[0].person,
        host,
        SeriesFactory().host,
        CoordinatorFactory(),
        FinanceFactory(),
    ]
    for person in people:
        client = Client()
        if person:
            client.force_login(person)
            with_second_factor(client, person)
        yield client


@pytest.mark.usefixtures("community")
@pytest.mark.parametrize(("method", "table"), [("get", ROWS), ("post", POSTS)])
def test_each_address_of_conversations_answers_each_person_as_the_table_says(method, table, world):
    addresses = {name: reverse(name, kwargs=arguments(name, world)) for name in ROWS}

    assert matrix.answers(method, addresses, list(clients(world))) == table


@pytest.mark.usefixtures("community")
def test_each_button_of_a_host_is_found_again_after_a_lost_sign_in(world):
    buttons = [name for name, row in ROWS.items() if row == ACTS]
    addresses = {name: reverse(name, kwargs=arguments(name, world)) for name in buttons}
    host = list(clients(world))[3]

    assert matrix.led_back(addresses, host) == dict.fromkeys(buttons, OK)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row in (HOSTS, ACTS)])
def test_host_without_a_second_factor_is_asked_for_one(name, world, client):
    client.force_login(world[0].series.host)
    address = reverse(name, kwargs=arguments(name, world))

    answers = [client.get(address), client.post(address)]

    assert [(answer.status_code, answer.url.split("?")[0]) for answer in answers] == [
        (302, "/accounts/2fa/totp/activate/")
    ] * 2


@pytest.mark.parametrize(
    "name", ["host_note", "host_outcome", "host_cancel", "host_passed_on", "host_link"]
)
def test_another_host_changes_nothing(name, world, client):
    other = SeriesFactory().host
    client.force_login(other)
    with_second_factor(client, other)

    answer = client.post(
        reverse(name, kwargs=arguments(name, world)), {"note": "x", "state": "held", "reason": "x"}
    )

    assert answer.status_code == 404
    assert Conversation.objects.get().state == "booked"


def test_conversation_of_another_series_is_not_found_under_ones_own(world, client):
    mine = SeriesFactory()
    client.force_login(mine.host)
    with_second_factor(client, mine.host)

    answer = client.get(reverse("host_conversation", args=[mine.slug, world[0].pk]))

    assert answer.status_code == 404


def test_slot_of_another_series_cannot_be_booked_through_ones_own(world, client, member):
    series = SeriesFactory()
    slot_of(series, KICK_OFF)

    answer = client.get(reverse("book_conversation", args=[series.slug, world[1].pk]))

    assert answer.status_code == 404
