"""The pages on which a member books, moves, cancels and asks for another time."""

from datetime import date, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from collective.models import Message
from events.conversations import booking, confidential, host_notes, outcomes, ways_to_talk
from events.conversations.times import first_choice, opening, wishes
from events.models import BookingDraft, Conversation
from tests.factories import KICK_OFF, PersonFactory, SeriesFactory, book, slot_of, slots_of

pytestmark = pytest.mark.usefixtures("early", "community")
ANSWERS = {
    "how": "phone",
    "who_rings": "host",
    "phone": "07700 900123",
    "topics": "zebra crossing",
    "access": "breaks",
    "capacity": "personal",
}


@pytest.fixture
def series(db):
    return SeriesFactory(slug="talk")


def page_of(slot, check=False):
    return reverse(
        "check_booking" if check else "book_conversation", args=[slot.series.slug, slot.pk]
    )


def text(answer):
    return " ".join(answer.content.decode().split())


def test_from_days_to_times_to_form_to_booked(client, member, series):
    slot = slot_of(series)
    days = text(client.get("/conversations/talk/"))
    times = text(client.get("/conversations/talk/?day=2022-10-06"))
    assert "?day=2022-10-06" in days
    assert page_of(slot) in times

    client.get(page_of(slot))
    checked = client.post(page_of(slot), ANSWERS, follow=True)
    done = client.post(page_of(slot, check=True), follow=True)

    assert "07700 900123" in text(checked).replace("\u00a0", " ")
    conversation = Conversation.objects.get()
    assert (conversation.phone, conversation.access_needs) == (
        "+447700900123",
        {"choices": ["breaks"], "notes": ""},
    )
    assert done.redirect_chain[-1][0] == conversation.get_absolute_url()
    assert "ends in 123" in text(done)
    assert not BookingDraft.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"how": ""}, "Choose whether to talk by phone or by video."),
        ({"phone": ""}, "Enter the number on which Richard can ring you."),
        ({"phone": "abc"}, "Enter a phone number like"),
        ({"phone": "01632 960 123 x12"}, "without an extension"),
        ({"capacity": ""}, "Choose how you are taking part."),
        ({"topics": "x" * 2001}, "shorten this by 1 character. There is room for 2,000."),
    ],
)
def test_mistake_is_said_and_nothing_is_lost(client, member, series, change, words):
    answer = client.post(page_of(slot_of(series)), {**ANSWERS, **change})

    assert words in text(answer)
    kept = "zebra crossing" if "topics" not in change else "x" * 2001
    assert kept in text(answer)


def test_by_video_no_number_is_kept(client, member, series):
    slot = slot_of(series)
    client.post(page_of(slot), {**ANSWERS, "how": "video"})
    client.post(page_of(slot, check=True))

    conversation = Conversation.objects.get()
    assert (conversation.phone, conversation.who_rings) == (None, "")


def test_video_is_not_offered_where_there_is_no_link(client, member, series):
    series.video_link = None
    series.save()

    assert "By video" not in text(client.get(page_of(slot_of(series))))


def test_slot_taken_meanwhile_keeps_what_was_typed_and_offers_the_nearest(client, member, series):
    first, second = slots_of(series, 2)
    client.post(page_of(first), ANSWERS)
    book(first)

    taken = text(client.post(page_of(first, check=True)))
    again = text(client.get(page_of(second)))

    assert "This time is no longer free" in taken
    assert page_of(second) in taken
    assert "zebra crossing" in again


def test_lost_sign_in_keeps_what_was_typed(member, series):
    slot, browser = slot_of(series), Client(enforce_csrf_checks=True)
    browser.force_login(member)
    owner = text(browser.get(page_of(slot))).split('name="owner" value="')[1].split('"')[0]
    browser.logout()

    answer = browser.post(page_of(slot), {**ANSWERS, "owner": owner})
    browser.force_login(member)

    assert answer.url.startswith("/accounts/login/")
    assert "zebra crossing" in text(browser.get(page_of(slot)))


def test_person_who_has_one_booked_is_led_to_it_and_can_book_no_second(client, member, series):
    first, second = slots_of(series, 2)
    book(first, member)

    page = text(client.get("/conversations/talk/"))
    form = text(client.get(page_of(second)))

    assert "You have a conversation" in page
    assert "booked already" in form


def test_where_all_is_taken_one_can_ask_to_be_told(client, member, series):
    book(slot_of(series))

    page = text(client.get("/conversations/talk/"))

    assert "No time is free at the moment" in page
    assert "Tell me when there are new times" in page


def test_times_are_shown_in_ones_own_zone_with_the_uk_beside(client, member, series):
    slot_of(series)
    client.post("/me/time-zone/", {"time_zone": "America/New_York"})

    assert "9am (2pm in the UK)" in text(client.get("/conversations/talk/?day=2022-10-06"))


def test_late_evening_elsewhere_is_another_day(client, member, series):
    slot_of(
        series, KICK_OFF + timedelta(hours=10)
    )  # midnight in London, the next morning in Auckland
    client.post("/me/time-zone/", {"time_zone": "Pacific/Auckland"})

    assert "midday (midnight in the UK)" in text(client.get("/conversations/talk/?day=2022-10-07"))


def test_time_zone_that_does_not_exist_is_refused(client, member):
    answer = client.post("/me/time-zone/", {"time_zone": "Middle/Earth"})

    assert answer.status_code == 200
    member.refresh_from_db()
    assert member.time_zone == ""


@pytest.mark.parametrize(
    "query", ["day=9999-12-31", "day=0001-01-01", "from=9999-12-31", "day=abc", "from="]
)
def test_odd_days_are_no_server_error(client, member, series, query):
    slot_of(series)
    conversation = book(slot_of(series, KICK_OFF + timedelta(days=1)))
    client.force_login(conversation.person)

    answers = [
        client.get(f"{path}?{query}").status_code
        for path in ("/conversations/talk/", f"{conversation.get_absolute_url()}move/")
    ]

    assert answers == [200, 200]


def test_moving_asks_once_more_and_moves_on_post_only(client, member, series):
    old, new = slots_of(series, 2)
    conversation = book(old, member)
    address = reverse("move_booking_to", args=[conversation.pk, new.pk])

    asked = text(client.get(address))
    conversation.refresh_from_db()
    assert ("Take this time?" in asked, conversation.slot) == (True, old)
    done = text(client.post(address, follow=True))

    conversation.refresh_from_db()
    assert (conversation.slot, "has the new time" in done) == (new, True)


def test_move_to_a_slot_that_was_taken_keeps_the_old_and_offers_others(client, member, series):
    old, taken, free = slots_of(series, 3)
    conversation = book(old, member)
    book(taken)

    page = text(client.post(reverse("move_booking_to", args=[conversation.pk, taken.pk])))

    assert "Your time is still yours" in page
    assert reverse("move_booking_to", args=[conversation.pk, free.pk]) in page


def test_old_tab_of_a_cancelled_conversation_says_so(client, member, series):
    old, new = slots_of(series, 2)
    conversation = booking.cancel(book(old, member), "person")
    address = reverse("move_booking_to", args=[conversation.pk, new.pk])

    for answer in (client.get(address), client.post(address)):
        assert "is cancelled, so it can no longer be moved" in text(answer)


def test_cancelling_asks_once_more_and_no_reason(client, member, series):
    conversation = book(slot_of(series), member)
    address = reverse("cancel_booking", args=[conversation.pk])

    client.get(address)
    conversation.refresh_from_db()
    assert conversation.state == "booked"
    page = text(client.post(address, follow=True))

    assert "This conversation is cancelled" in page


def test_answers_can_be_changed_and_a_change_of_way_is_told_to_both(client, member, series):
    conversation = book(slot_of(series), member)

    client.post(
        reverse("booking_answers", args=[conversation.pk]), {"how": "video", "topics": "other"}
    )

    conversation.refresh_from_db()
    assert (conversation.how, conversation.phone, conversation.topics) == ("video", None, "other")
    assert Message.objects.filter(kind="conversation_changed").count() == 1
    assert Message.objects.filter(person=series.host, kind="host_news").count() == 2


def test_wish_can_be_told_changed_and_withdrawn(client, member, series):
    address = reverse("ask_for_time", args=["talk"])
    client.post(address, {"wish": "Sundays"})
    client.post(address, {"wish": "Mondays"})
    page = text(client.get("/conversations/talk/"))
    assert "Mondays" in page

    client.post(reverse("withdraw_wish", args=[series.time_requests.get().pk]))

    assert "Mondays" not in text(client.get("/conversations/talk/"))


def test_host_is_told_of_a_wish_once_until_they_have_answered(series):
    person = PersonFactory()
    for wish in ("Sundays", "Mondays", "Tuesdays"):
        wishes.ask(series, person, wish)

    assert Message.objects.filter(person=series.host, kind="host_time_request").count() == 1


def test_slot_kept_for_me_can_be_booked_also_when_booking_is_closed(client, member, series):
    first, second = slots_of(series, 2)
    conversation = book(first, member)
    booking.cancel(conversation, "host", reason="I am ill.", keeps_slot_open=False)
    series.state = "closed"
    series.save()

    client.post(page_of(second), ANSWERS)
    client.post(page_of(second, check=True))

    assert Conversation.objects.upcoming().get().slot == second


def test_person_with_first_choice_where_nothing_was_free_gets_the_next_times_that_open(series):
    slot = slot_of(series)
    conversation = book(slot)
    booking.cancel(conversation, "host", reason="I am ill.", keeps_slot_open=False)
    day = date(2022, 10, 13)

    opening.apply(
        series, lambda locked: locked.hours.create(day=day, from_time=time(9), until_time=time(13))
    )

    assert series.slots.kept_for(conversation.person).count() == 3
    assert series.slots.free_to(PersonFactory()).count() == 1
    assert Message.objects.filter(person=conversation.person, kind="time_offered").count() == 1


def test_person_with_first_choice_gets_a_time_that_somebody_gives_back(series):
    first, second = slots_of(series, 2)
    waiting, other = book(first), book(second)
    booking.cancel(waiting, "host", reason="I am ill.", keeps_slot_open=False)

    booking.cancel(other, "person")

    assert list(series.slots.kept_for(waiting.person)) == [second]


def test_number_of_the_host_is_shown_only_once_it_is_booked(client, member, series):
    slot = slot_of(series)
    client.post(page_of(slot), {**ANSWERS, "who_rings": "person"})
    before = text(client.get(page_of(slot, check=True)))
    client.post(page_of(slot, check=True))

    assert "7946 0001" not in before
    assert "7946 0001" in text(client.get(Conversation.objects.get().get_absolute_url()))


def test_first_choice_that_was_not_taken_does_not_come_again(series, early):
    conversation = book(slot_of(series))
    booking.cancel(conversation, "host", reason="I am ill.", keeps_slot_open=False)
    other = book(slot_of(series, KICK_OFF + timedelta(days=1)))
    booking.cancel(other, "person")
    assert series.slots.kept_for(conversation.person).count() == 1
    early.shift(timedelta(hours=49))

    first_choice.release_lapsed()

    assert not series.slots.kept_for(conversation.person).exists()
    assert not series.time_requests.open().exists()


def test_offered_time_stays_when_an_older_conversation_is_noted(series, early):
    old = book(slot_of(series))
    early.move_to(KICK_OFF + timedelta(hours=1))
    asked = wishes.ask(series, old.person, "Fridays")
    offered = wishes.offer_new_time(asked, (KICK_OFF + timedelta(days=8)).date(), KICK_OFF.time())

    outcomes.mark(old, "held", series.host)

    assert list(series.slots.kept_for(old.person)) == [offered]


def test_wish_that_is_withdrawn_frees_the_time_that_was_offered(series):
    slot, person = slot_of(series), PersonFactory()
    asked = wishes.ask(series, person, "Sundays")
    wishes.offer_free_time(asked, slot)

    wishes.withdraw(asked)

    assert list(series.slots.free_to(PersonFactory())) == [slot]


def test_first_choice_goes_when_its_cause_is_taken_back(series, early):
    conversation = book(slot_of(series))
    early.move_to(KICK_OFF + timedelta(hours=1))
    outcomes.mark(conversation, "host_missed", series.host)
    assert series.time_requests.open().get().has_first_choice

    outcomes.mark(conversation, "held", series.host)

    assert not series.time_requests.open().exists()


def test_each_change_of_the_link_is_told_also_back_to_the_first(series, early):
    conversation = book(slot_of(series), how="video", who_rings="", phone=None)
    for link in ("https://a.example", "https://b.example", "https://a.example"):
        early.shift(timedelta(minutes=1))
        ways_to_talk.set_link(conversation, link)

    assert Message.objects.filter(kind="conversation_link").count() == 3


def test_my_page_says_what_comes_next_and_what_is_kept(client, member, series):
    first, *_ = slots_of(series, 3)
    conversation = book(first, member)
    booked = text(client.get("/me/"))
    booking.cancel(conversation, "host", reason="I am ill.", keeps_slot_open=False)

    assert "See it, move it or cancel it" in booked
    assert "Times are kept for you" in text(client.get("/me/"))


@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_the_booking_page_are_constant(
    client, member, series, django_assert_num_queries, number
):
    conversation = book(slot_of(series, KICK_OFF + timedelta(days=40)), member)
    slots_of(series, number)

    for address, most in (
        (conversation.get_absolute_url(), 5),
        (f"{conversation.get_absolute_url()}move/", 5),
    ):
        with django_assert_num_queries(most):
            client.get(address)


def test_calendar_file_takes_it_out_once_it_is_cancelled(client, member, series):
    conversation = book(slot_of(series), member)
    address = reverse("booking_calendar", args=[conversation.pk])
    before = client.get(address).content
    booking.cancel(conversation, "person")

    assert (b"METHOD:REQUEST" in before, b"METHOD:CANCEL" in client.get(address).content) == (
        True,
        True,
    )


# What stays between two, and what cannot


@pytest.mark.parametrize("name", ["conversations", "book_conversation"])
def test_limits_of_confidentiality_are_said_before_booking(client, series, name):
    slot = slot_of(series)
    client.force_login(PersonFactory())
    keys = [series.slug] if name == "conversations" else [series.slug, slot.pk]

    page = " ".join(client.get(reverse(name, args=keys)).content.decode().split())

    assert "has to tell people who can help" in page
    assert "a child is being hurt, or may be" in page
    assert "may write a private note" in page


@pytest.mark.parametrize(
    ("finished", "words"),
    [(None, "when this call is finished"), (KICK_OFF, "on 6 October 2022")],
)
def test_private_note_goes_when_the_page_says(early, series, finished, words):
    conversation = book(slot_of(series))
    host_notes.keep_note(conversation, "zebra")
    series.call.finished_at = finished
    series.call.save()

    early.move_to(KICK_OFF)
    confidential.forget_notes()

    conversation.refresh_from_db()
    assert (series.notes_go, conversation.note is None) == (words, finished is not None)


def test_back_to_the_form_after_booking_leads_to_the_booking(client, member, series):
    mine = book(slot_of(series), member)

    for answer in (client.get(page_of(mine.slot)), client.post(page_of(mine.slot), ANSWERS)):
        assert (answer.status_code, answer.url) == (302, mine.get_absolute_url())


def test_errors_of_the_long_form_stand_before_what_there_is_to_read(client, member, series):
    page = text(client.post(page_of(slot_of(series)), {**ANSWERS, "phone": "077009001"}))

    assert page.index("Enter a phone number like") < page.index("What stays between you")
