"""What is mailed about conversations, to whom, when, and what is in no mail."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from icalendar import Calendar

from collective.messages import mail
from collective.models import Message
from events.conversations import booking, outcomes, ways_to_talk
from events.conversations import reminders as conversation_reminders
from events.conversations.times import wishes
from tests.factories import (
    KICK_OFF,
    TALK,
    PersonFactory,
    PhonePersonFactory,
    SeriesFactory,
    book,
    slot_of,
    slots_of,
)

pytestmark = pytest.mark.usefixtures("early", "community")
PRIVATE = ["07700", "900123", "+447700900123", "zebra", "umbrella", "text chat", "text_chat"]


@pytest.fixture
def series(db):
    return SeriesFactory()


def sent(outbox, kind=None):
    outbox.clear()
    mail.send_due()
    return list(outbox)


def calendars(mails):
    """{address: (method, UID, SEQUENCE, start)} of the calendar files."""
    found = {}
    for one in mails:
        for _, content, _ in one.attachments:
            calendar = Calendar.from_ical(content)
            event = calendar.walk("VEVENT")[0]
            found[one.to[0]] = (
                str(calendar["method"]),
                str(event["uid"]),
                int(event["sequence"]),
                event["dtstart"].dt,
            )
    return found


def test_booked_moved_and_cancelled_reach_both_with_one_uid_and_a_rising_sequence(series, outbox):
    old, new = slots_of(series, 2)
    conversation = book(old)
    addresses, seen = {conversation.person.email, series.host.email}, []
    for act in (
        lambda: None,
        lambda: booking.move(conversation, new),
        lambda: booking.cancel(conversation, "person"),
    ):
        act()
        files = calendars(sent(outbox))
        assert set(files) == addresses
        assert len(set(files.values())) == 1
        seen.append(next(iter(files.values())))

    assert [row[0] for row in seen] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({row[1] for row in seen}) == 1
    assert [row[2] for row in seen] == sorted({row[2] for row in seen})
    assert [row[3] for row in seen] == [old.starts_at, new.starts_at, new.starts_at]


def test_moved_twice_before_a_mail_went_out_only_the_newest_is_told(series, outbox):
    first, second, third = slots_of(series, 3)
    conversation = book(first)
    booking.move(conversation, second)
    booking.move(conversation, third)

    mails = sent(outbox)

    assert sorted(one.subject for one in mails) == [
        "News of your conversations",
        "Your conversation has a new time",
    ]
    assert "8 October" in mails[0].body and "8 October" in mails[1].body


def everything_happens(series, outbox):
    """Each kind of mail about conversations, as it is sent."""
    first, second, third, _, fifth = slots_of(series, 5)
    conversation = book(first)
    mails = sent(outbox)
    ways_to_talk.change_answers(conversation, how="video", who_rings="", phone=None)
    ways_to_talk.set_link(conversation, "https://zoom.example/j/3")
    mails += sent(outbox)
    ways_to_talk.change_answers(
        conversation, **{key: TALK[key] for key in ("how", "who_rings", "phone")}
    )
    booking.move(conversation, second)
    mails += sent(outbox)
    booking.cancel(conversation, "host", reason="I am ill.")
    mails += sent(outbox)
    asked = wishes.ask(series, conversation.person, "zebra on Mondays")
    wishes.offer_free_time(asked, third)
    mails += sent(outbox)
    other = book(fifth)
    with time_machine.travel(fifth.starts_at - timedelta(hours=1), tick=False):
        conversation_reminders.remind_all()
        mails += sent(outbox)
    with time_machine.travel(fifth.ends_at, tick=False):
        outcomes.mark(other, "failed", series.host)
        mails += sent(outbox)
    return mails


def test_no_mail_holds_a_number_a_topic_or_a_need(series, outbox):
    mails = everything_happens(series, outbox)

    assert len({one.subject for one in mails}) >= 9
    for one in mails:
        whole = (
            one.message().as_string()
            + one.body
            + "".join(str(content) for _, content, _ in one.attachments)
        )
        assert [word for word in PRIVATE if word in whole] == []
    texts = " ".join(Message.objects.values_list("text", flat=True))
    assert [word for word in PRIVATE if word in texts] == []


def test_reminder_says_who_rings_and_the_last_three_digits(series, outbox, early):
    conversation = book(slot_of(series))
    sent(outbox)
    early.move_to(KICK_OFF - timedelta(hours=1))
    conversation_reminders.remind_all()

    (one,) = sent(outbox)

    assert one.to == [conversation.person.email]
    assert "Richard will ring you then, on the number that ends in 123" in one.body
    assert "Thursday 6 October, 2pm to 2:45pm, UK time" in one.body


def test_reminder_of_a_video_conversation_holds_the_link(series, outbox, early):
    book(slot_of(series), how="video", who_rings="", phone=None)
    early.move_to(KICK_OFF - timedelta(days=1))
    sent(outbox)
    conversation_reminders.remind_all()

    assert series.video_link in sent(outbox)[0].body


@pytest.mark.parametrize("day", [date(2022, 10, 30), date(2023, 3, 26), date(2022, 12, 1)])
def test_reminders_come_right_to_the_minute_across_the_changes_of_the_clocks(series, early, day):
    starts_at = datetime.combine(day, time(15), ZoneInfo("Europe/London"))
    early.move_to(starts_at - timedelta(days=10))
    conversation = book(slot_of(series, starts_at))
    told = []
    due = [
        starts_at - timedelta(days=1),
        starts_at.astimezone(ZoneInfo("UTC")) - timedelta(hours=1),
    ]
    for moment in due:  # the first by wall time, the second elapsed
        early.move_to(moment - timedelta(seconds=1))
        told.append(conversation_reminders.remind_all())
        early.move_to(moment)
        told.append(conversation_reminders.remind_all())
        told.append(conversation_reminders.remind_all())

    assert told == [(0, 0), (1, 1), (0, 0)] * 2
    assert (
        Message.objects.filter(kind="conversation_reminder", person=conversation.person).count()
        == 2
    )


def test_conversation_booked_within_a_day_is_reminded_once(series, early):
    conversation = book(slot_of(series, KICK_OFF), by_staff=False)
    early.move_to(KICK_OFF - timedelta(hours=3))
    other = book(slot_of(series, KICK_OFF + timedelta(hours=2)), by_staff=True)

    early.move_to(KICK_OFF + timedelta(hours=1))
    conversation_reminders.remind_all()

    kind = Message.objects.filter(kind="conversation_reminder")
    assert [row.person for row in kind] == [other.person]
    assert conversation.person not in [row.person for row in kind]


def test_reminder_of_a_conversation_that_was_moved_or_cancelled_is_not_sent(series, outbox, early):
    first, second, third = slots_of(series, 3, KICK_OFF)
    moved, cancelled = book(first), book(second)
    early.move_to(KICK_OFF - timedelta(days=1))
    sent(outbox)
    conversation_reminders.remind_all()
    booking.move(moved, third)
    booking.cancel(cancelled, "person")

    assert "A reminder: we talk soon" not in [one.subject for one in sent(outbox)]


def test_person_who_wants_no_reminders_gets_none_and_one_who_is_rung_gets_one(series, early):
    quiet, rung = PersonFactory(wants_reminders=False), PhonePersonFactory()
    first, second = slot_of(series), slot_of(series, KICK_OFF + timedelta(hours=2))
    book(first, quiet)
    book(second, rung)
    for moment in (
        KICK_OFF - timedelta(days=1),
        KICK_OFF - timedelta(hours=22),
        KICK_OFF + timedelta(hours=1),
    ):
        early.move_to(moment)
        conversation_reminders.remind_all()

    assert [row.person for row in Message.objects.filter(kind="conversation_reminder")] == [rung]


def test_person_elsewhere_reads_their_own_time_with_the_uk_beside(series, outbox):
    person = PersonFactory(time_zone="America/New_York")
    book(slot_of(series), person)

    body = next(one.body for one in sent(outbox) if one.to == [person.email])

    assert (
        "Thursday 6 October, 9am to 9:45am in New York (in the UK: Thursday 6 October, 2pm to "
        "2:45pm)"
    ) in body


def test_offered_time_is_not_told_once_it_is_no_longer_kept(series, outbox, early):
    asked = wishes.ask(series, PersonFactory(), "Sundays")
    wishes.offer_new_time(asked, KICK_OFF.date(), KICK_OFF.time())
    wishes.withdraw(asked)
    early.shift(timedelta(hours=49))

    assert [
        one.subject for one in sent(outbox) if one.subject == "A time for our conversation"
    ] == []


def test_restored_backup_sends_no_reminder_that_may_have_gone_out(series, early):
    conversation = book(slot_of(series))
    early.move_to(KICK_OFF - timedelta(hours=23))

    held = conversation_reminders.hold_after_restore(
        KICK_OFF - timedelta(days=2), KICK_OFF - timedelta(hours=23)
    )

    conversation.refresh_from_db()
    assert held == 1
    assert conversation.next_reminder_at == KICK_OFF - timedelta(hours=1)
