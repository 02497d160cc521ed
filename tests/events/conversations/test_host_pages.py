"""The host's own pages: times with a rehearsal, today's list, outcomes, notes, requests."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from collective.models import Message
from events.conversations import outcomes
from events.conversations.times import opening
from events.models import Conversation, PassedOn
from events.sessions import places
from payments.models import Payment
from tests.factories import (
    KICK_OFF,
    CallFactory,
    PageFactory,
    PersonFactory,
    SeriesFactory,
    SessionFactory,
    book,
    sign_up,
    slot_of,
    slots_of,
)
from tests.signed_in import with_second_factor

pytestmark = pytest.mark.usefixtures("early", "community", "long_sessions")


@pytest.fixture
def series(db, client):
    series = SeriesFactory(slug="talk", opens_from=date(2022, 10, 3), opens_until=date(2022, 10, 9))
    client.force_login(series.host)
    with_second_factor(client, series.host)
    return series


@pytest.fixture
def afterwards(series, client, early):
    """Go on to this moment, with a second step of that day."""

    def move_to(moment):
        early.move_to(moment)
        with_second_factor(client, series.host)

    return move_to


def page(name, *keys):
    return reverse(name, args=["talk", *keys])


def text(answer):
    return " ".join(answer.content.decode().split())


WEEKLY = {"weekdays": ["0", "3"], "from_time": "10:00", "until_time": "12:00"}


def test_hours_are_rehearsed_first_and_then_opened(client, series):
    said = text(client.post(page("host_weekly"), WEEKLY))
    assert ("4 new times open" in said, series.slots.count(), series.hours.count()) == (True, 0, 0)

    client.post(page("host_weekly"), {**WEEKLY, "confirm": "yes"})

    assert (series.slots.count(), series.hours.count()) == (4, 2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weekdays": []}, "Tick at least one day."),
        ({"until_time": "09:00"}, "The end comes after the start."),
        ({"from_time": "noon"}, "We cannot read this as a time. Write it like 14:30."),
        ({"from_time": ""}, "Choose a time."),
    ],
)
def test_hours_that_cannot_be_are_refused_with_what_was_typed(client, series, change, words):
    answer = text(client.post(page("host_weekly"), {**WEEKLY, **change}))

    assert words in answer
    assert series.hours.count() == 0


def test_preview_names_booked_conversations_outside_the_new_hours(client, series):
    client.post(page("host_weekly"), {**WEEKLY, "confirm": "yes"})
    conversation = book(series.slots.first(), PersonFactory(name="Amina"))
    row = series.hours.get(weekday=0)

    said = text(client.get(page("host_remove_hours", row.pk)))

    assert "One booked to come. It stays." in said
    assert "<bdi>Amina</bdi>, Monday 3 October, 10am" in said
    client.post(page("host_remove_hours", row.pk))
    conversation.refresh_from_db()
    assert conversation.state == "booked"


def test_day_off_and_single_day(client, series):
    client.post(page("host_weekly"), {**WEEKLY, "confirm": "yes"})
    client.post(page("host_day_off"), {"day": "2022-10-03", "confirm": "yes"})
    client.post(
        page("host_single_day"),
        {"day": "2022-10-08", "from_time": "9:00", "until_time": "10:00", "confirm": "1"},
    )

    days = sorted(set(series.slots.open().values_list("day", flat=True)))
    assert days == [date(2022, 10, 6), date(2022, 10, 8)]
    assert "Not on Monday 3 October 2022" in text(client.get(page("host_times")))


RULES = {
    "length_minutes": "30",
    "break_minutes": "10",
    "most_per_day": "3",
    "opens_from": "2022-10-03",
    "opens_until": "2022-10-09",
    "each_upcoming": "1",
    "notice_hours": "48",
    "link": "https://zoom.example/j/9",
    "number": "020 7946 0002",
}


def test_rules_are_changed_and_who_joins_by_the_old_link_is_told(client, series):
    by_video = book(slot_of(series), how="video", who_rings="", phone=None)

    said = text(client.post(page("host_rules"), RULES))
    client.post(page("host_rules"), {**RULES, "confirm": "yes"})

    series.refresh_from_db()
    assert "We tell 1 of them how they join from now on." in said
    assert (series.length_minutes, series.least_notice, series.video_link, series.ring_host_on) == (
        30,
        timedelta(hours=48),
        "https://zoom.example/j/9",
        "+442079460002",
    )
    assert Message.objects.filter(person=by_video.person, kind="conversation_link").count() == 1


def test_rules_without_the_number_that_somebody_will_ring_are_refused(client, series):
    """A booking may have come while the host took the number away: the host learns of it."""
    book(slot_of(series), PersonFactory(name="Amina"), who_rings="person", phone=None)
    series.ring_host_on = None
    series.save()

    said = text(client.post(page("host_rules"), {**RULES, "number": "", "confirm": "yes"}))

    assert "Amina is to ring you on this number" in said


def test_number_on_which_somebody_will_ring_cannot_be_taken_away(client, series):
    book(slot_of(series), PersonFactory(name="Amina"), who_rings="person", phone=None)

    said = text(client.post(page("host_rules"), {**RULES, "number": "", "confirm": "yes"}))

    assert "Amina is to ring you on this number" in said
    series.refresh_from_db()
    assert series.ring_host_on == "+442079460001"


@pytest.mark.parametrize(
    "change",
    [
        {"length_minutes": "0"},
        {"most_per_day": ""},
        {"opens_until": "2022-01-01"},
        {"number": "abc"},
        {"link": "zoom"},
        {"notice_hours": "-1"},
    ],
)
def test_rules_that_cannot_be_are_refused(client, series, change):
    answer = client.post(page("host_rules"), {**RULES, **change, "confirm": "yes"})

    assert answer.status_code == 200
    assert "What it does" not in text(answer)
    series.refresh_from_db()
    assert series.length_minutes == 45


def test_week_shows_free_booked_closed_and_kept(client, series):
    _, booked, closed, kept = slots_of(series, 4, KICK_OFF - timedelta(days=3))
    book(booked, PersonFactory(name="Amina"))
    client.post(page("host_close_slot", closed.pk))
    type(kept).objects.filter(pk=kept.pk).update(
        kept_for=PersonFactory(name="Bo"), kept_until=KICK_OFF
    )

    week = text(client.get(page("host") + "?week=2022-10-06"))

    assert all(
        words in week for words in ("free", "Amina", "closed", "kept for <bdi>Bo</bdi>", "Open it")
    )
    outside = text(client.post(page("host_reopen_slot", closed.pk), follow=True))
    assert "outside your hours" in outside


def test_time_that_was_closed_by_hand_is_opened_again(client, series):
    client.post(page("host_weekly"), {**WEEKLY, "confirm": "yes"})
    slot = series.slots.first()
    states = []
    for act in ("host_close_slot", "host_reopen_slot"):
        client.post(page(act, slot.pk))
        slot.refresh_from_db()
        states.append(slot.state)

    assert states == ["closed", "open"]


def test_preview_says_how_many_times_can_be_chosen_before_and_after(client, series):
    first, _ = slot_of(series), slot_of(series, KICK_OFF + timedelta(hours=1))
    series.hours.create(weekday=3, from_time=time(14), until_time=time(16))
    book(first)

    said = text(
        client.post(
            page("host_rules"),
            {**RULES, "length_minutes": "45", "break_minutes": "15", "most_per_day": "1"},
        )
    )

    assert "People can now choose among 1; afterwards among 0." in said


def test_only_who_joins_by_what_has_changed_is_told(client, series):
    book(slot_of(series), PersonFactory(name="Amina"), who_rings="person", phone=None)

    client.post(page("host_rules"), {**RULES, "number": "020 7946 0001", "confirm": "yes"})

    assert not Message.objects.filter(kind="conversation_link").exists()


def test_day_that_is_over_is_refused(client, series):
    for name, more in (
        ("host_day_off", {}),
        ("host_single_day", {"from_time": "9:00", "until_time": "10:00"}),
    ):
        assert "This day is over." in text(client.post(page(name), {"day": "2020-01-01", **more}))


def test_booked_time_is_not_closed(client, series):
    slot = slot_of(series)
    book(slot)

    said = text(client.post(page("host_close_slot", slot.pk), follow=True))

    assert "nobody is dropped" in said


def test_today_shows_who_how_and_what_they_told(client, series, afterwards):
    book(slot_of(series), PersonFactory(name="Amina"))
    afterwards(KICK_OFF - timedelta(hours=2))

    for address in (page("host"), page("host_day", "2022-10-06")):
        said = text(client.get(address))
        assert all(
            words in said
            for words in ("Amina", "07700 900123", "zebra crossing", "umbrella", "text chat")
        )
        assert 'href="tel:+447700900123"' in said


def test_held_with_a_note_makes_the_fee_due(client, series, afterwards):
    conversation = book(slot_of(series))
    afterwards(KICK_OFF + timedelta(hours=1))

    client.post(
        page("host_outcome", conversation.pk), {"state": "held", "note": "She likes quiet rooms."}
    )

    conversation.refresh_from_db()
    assert (conversation.state, conversation.note) == ("held", "She likes quiet rooms.")
    assert Payment.objects.get().fee_pence == 2500
    client.post(page("host_undo_outcome", conversation.pk))
    assert Payment.objects.get().state == "cancelled"


def test_outcome_without_a_choice_keeps_the_note_on_the_page(client, series, afterwards):
    conversation = book(slot_of(series))
    afterwards(KICK_OFF + timedelta(hours=1))

    answer = text(client.post(page("host_outcome", conversation.pk), {"note": "narwhal"}))

    assert "Choose what became of it." in answer
    assert "narwhal" in answer


def test_one_tap_notes_that_it_was_held_and_leaves_the_note(client, series, afterwards):
    conversation = book(slot_of(series))
    client.post(page("host_note", conversation.pk), {"note": "narwhal"})
    afterwards(KICK_OFF + timedelta(hours=1))

    client.post(page("host_outcome", conversation.pk), {"state": "held"})

    conversation.refresh_from_db()
    assert (conversation.state, conversation.note) == ("held", "narwhal")


def test_concern_that_was_passed_on_is_on_record(client, series, afterwards):
    PageFactory(slug="told-of-harm", body="<p>Listen first.</p>")
    conversation = book(slot_of(series))
    afterwards(KICK_OFF + timedelta(hours=3))
    said = text(client.get(page("host_conversation", conversation.pk)))
    answers = {
        "to_whom": "Our lead",
        "day": "2022-10-06",
        "time": "16:30",
        "told": "That I would call.",
    }

    client.post(page("host_passed_on", conversation.pk), answers)

    row = PassedOn.objects.get()
    assert "Listen first." in said
    assert row.details == {"to_whom": "Our lead", "told": "That I would call."}
    assert (row.passed_on_at, row.noted_by) == (
        KICK_OFF + timedelta(hours=2, minutes=30),
        series.host,
    )


def test_passing_on_in_the_future_is_refused_and_nothing_is_lost(client, series):
    conversation = book(slot_of(series))
    answers = {"to_whom": "Our lead", "day": "2022-12-06", "time": "16:30", "told": "narwhal"}

    said = text(client.post(page("host_passed_on", conversation.pk), answers))

    assert "still to come" in said and "narwhal" in said
    assert not PassedOn.objects.exists()


def test_host_cancels_with_a_reason_that_the_person_reads(client, series):
    conversation = book(slot_of(series))
    refused = text(client.post(page("host_cancel", conversation.pk), {"reason": " "}))
    assert "Say why, in a sentence" in refused

    client.post(page("host_cancel", conversation.pk), {"reason": "I am ill."})

    conversation.refresh_from_db()
    assert (conversation.state, conversation.ended_reason) == ("cancelled", "I am ill.")


def test_link_of_its_own_is_told(client, series):
    conversation = book(slot_of(series), how="video", who_rings="", phone=None)

    client.post(page("host_link", conversation.pk), {"link": "https://zoom.example/own"})

    conversation.refresh_from_db()
    assert conversation.link == "https://zoom.example/own"
    assert Message.objects.filter(kind="conversation_link").count() == 1
    assert conversation.calendar_sequence == 0


def test_wish_is_answered_by_a_new_time_or_a_free_one(client, series):
    asked = series.time_requests.create(person=PersonFactory(name="Amina"), wish="Sundays")
    assert "Sundays" in text(client.get(page("host")))

    nothing = text(client.post(page("host_request", asked.pk), {"slot": ""}))
    hour = text(client.post(page("host_request", asked.pk), {"day": "2022-10-30", "time": "01:30"}))
    client.post(page("host_request", asked.pk), {"day": "2022-10-09", "time": "15:00"})

    assert "Choose one of your free times" in nothing
    assert "comes twice" in hour
    assert series.slots.kept_for(asked.person).get().day == date(2022, 10, 9)
    client.post(page("host_settle_request", asked.pk))
    asked.refresh_from_db()
    assert asked.settled_at


@pytest.mark.parametrize(
    "address", ["?week=9999-12-31", "?week=0001-01-01", "?week=abc", "days/9999-12-31/", "days/x/"]
)
def test_odd_days_are_no_server_error(client, series, address):
    assert client.get(f"/conversations/talk/host/{address}").status_code in {200, 404}


@pytest.mark.parametrize("number", [1, 6])
def test_queries_of_the_hosts_pages_are_constant(client, series, django_assert_num_queries, number):
    for slot in slots_of(series, number, KICK_OFF - timedelta(days=3)):
        book(slot)
        series.time_requests.create(person=PersonFactory(), wish="x")

    for address, most in (
        (f"{page('host')}?week=2022-10-06", 10),
        (page("host_day", "2022-10-06"), 5),
    ):
        client.get(address)
        with django_assert_num_queries(most):
            client.get(address)


def test_times_far_ahead_are_opened_day_by_day(series, early):
    series.opens_until = None
    series.save()
    series.hours.create(weekday=0, from_time=time(10), until_time=time(11))
    opening.extend_all()
    before = series.slots.last().day
    early.shift(timedelta(days=7))

    assert opening.extend_all() == (1, 1)
    assert series.slots.last().day == before + timedelta(days=7)


def test_copied_call_has_the_series_without_times_and_links(series):
    slot_of(series)
    copied = series.call.copy().activities.get().whole()

    assert (copied.host, copied.video_link, copied.ring_host_on, copied.opens_from) == (
        series.host,
        None,
        None,
        None,
    )
    assert not copied.slots.exists()


def test_small_fee_follows_when_the_paid_session_falls_away(early, client):
    call, person = CallFactory(pay_rule="small_fee_only"), PersonFactory()
    series, later = SeriesFactory(call=call), KICK_OFF + timedelta(days=20)
    place = sign_up(
        SessionFactory(call=call, starts_at=later, ends_at=later + timedelta(hours=2)), person
    )
    conversation = book(slot_of(series), person)
    early.move_to(KICK_OFF + timedelta(hours=1))
    outcomes.mark(conversation, Conversation.State.HELD, series.host)
    assert (outcomes.settle_left_out(), Payment.objects.count()) == ((0, 0), 0)

    places.give_up(place)

    assert outcomes.settle_left_out() == (1, 1)
    assert Payment.objects.get().fee_pence == 2500
