"""Reminders: right by London's wall clocks, once each."""

from datetime import UTC, datetime, time, timedelta

import pytest

from collective import clock
from collective.messages import mail
from collective.models import Message
from events.models import Registration, Reminder, Session
from events.sessions import attendance
from events.sessions.messages import reminders
from tests.factories import KICK_OFF, PersonFactory, SessionFactory, sign_up
from tests.messages import kinds

What = Reminder.What
pytestmark = pytest.mark.django_db


def due(session, **fields):
    return session.reminders.get(**fields).due_at.astimezone(UTC)


def test_new_session_gets_the_usual_reminders(early):
    rows = SessionFactory().reminders.order_by("due_at").values_list("what", "due_at")

    assert [(what, KICK_OFF - at) for what, at in rows] == [
        (What.REMINDER, timedelta(days=7)),
        (What.JOINING, timedelta(days=2)),
        (What.REMINDER, timedelta(hours=20)),
        (What.REMINDER, timedelta(hours=1)),
        (What.AFTER, -timedelta(hours=3)),
    ]


def test_reminder_at_six_the_day_before_is_by_winter_clocks_after_the_october_change():
    session = SessionFactory(
        starts_at=datetime(2022, 10, 31, 14, tzinfo=UTC),
        ends_at=datetime(2022, 10, 31, 16, tzinfo=UTC),
    )

    assert due(session, at_time=time(18)) == datetime(2022, 10, 30, 18, tzinfo=UTC)
    assert due(session, what=What.JOINING) == datetime(2022, 10, 29, 13, tzinfo=UTC)
    assert due(session, what=What.REMINDER, days_before=7) == datetime(2022, 10, 24, 13, tzinfo=UTC)


def test_reminder_at_six_the_day_before_is_by_summer_clocks_after_the_march_change():
    session = SessionFactory(
        starts_at=datetime(2023, 3, 27, 13, tzinfo=UTC),
        ends_at=datetime(2023, 3, 27, 15, tzinfo=UTC),
    )

    assert due(session, at_time=time(18)) == datetime(2023, 3, 26, 17, tzinfo=UTC)
    assert due(session, what=What.REMINDER, days_before=7) == datetime(2023, 3, 20, 14, tzinfo=UTC)
    assert due(session, minutes_before=60) == datetime(2023, 3, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "moment"),
    [
        (datetime(2022, 10, 31, 14, tzinfo=UTC), datetime(2022, 10, 30, 0, 30, tzinfo=UTC)),
        (datetime(2023, 3, 27, 13, tzinfo=UTC), datetime(2023, 3, 26, 1, 30, tzinfo=UTC)),
    ],
)
def test_wall_time_that_happens_twice_or_never_gives_one_moment(start, moment):
    session = SessionFactory(starts_at=start, ends_at=start + timedelta(hours=2))

    reminder = Reminder.objects.create(session=session, days_before=1, at_time=time(1, 30))

    assert reminder.due_at.astimezone(UTC) == moment


def test_moved_session_moves_its_reminders(early):
    session = SessionFactory()
    session.starts_at += timedelta(days=7)
    session.ends_at += timedelta(days=7)

    session.save()

    assert due(session, minutes_before=60) == KICK_OFF + timedelta(days=7, hours=-1)


def test_due_reminder_reaches_each_who_is_coming_once(early):
    session = SessionFactory(places=2)
    coming, waiting = [sign_up(session), sign_up(session)], sign_up(session)
    early.move_to(KICK_OFF - timedelta(days=6, hours=23))

    reminders.fan_out_all_due()
    reminders.fan_out_all_due()

    assert [kinds(row.person)["reminder"] for row in [*coming, waiting]] == [1, 1, 0]


def test_reminder_that_comes_too_late_is_not_sent(early):
    session = SessionFactory()
    registration = sign_up(session)
    early.move_to(KICK_OFF + timedelta(minutes=10))

    reminders.fan_out_all_due()

    assert kinds(registration.person)["reminder"] == 0


def test_joining_details_go_out_two_days_before(early):
    session = SessionFactory()
    registration = sign_up(session)
    early.move_to(KICK_OFF - timedelta(days=2))

    reminders.fan_out_all_due()

    assert kinds(registration.person)["joining"] == 1


def test_joining_details_wait_until_somebody_has_written_them(early):
    session = SessionFactory(joining_link="")
    registration = sign_up(session)
    early.move_to(KICK_OFF - timedelta(days=1, hours=23))
    reminders.fan_out_all_due()
    before = kinds(registration.person)["joining"]
    session.joining_link = "https://zoom.example/j/2"
    session.save()

    reminders.fan_out_all_due()

    assert (before, kinds(registration.person)["joining"]) == (0, 1)


def test_who_is_confirmed_later_gets_joining_details_at_once(early):
    session = SessionFactory()
    early.move_to(KICK_OFF - timedelta(days=1))
    reminders.fan_out_all_due()

    registration = sign_up(session)

    assert kinds(registration.person) == {"booked": 1, "joining": 1}


def test_companion_with_an_address_gets_joining_details_too(early):
    session = SessionFactory()
    sign_up(session, companion={"kind": "brings", "name": "Kim", "email": "kim@example.org"})
    early.move_to(KICK_OFF - timedelta(days=2))

    reminders.fan_out_all_due()

    assert list(Message.objects.filter(person=None).values_list("kind", "address")) == [
        ("joining_companion", "kim@example.org")
    ]


def thanks(*registrations):
    return [kinds(row.person)["after"] for row in registrations]


def test_only_people_marked_as_there_are_thanked_whenever_they_are_marked(early):
    session = SessionFactory()
    early_one, late_one, missed, unmarked = rows = [sign_up(session) for _ in range(4)]
    early.move_to(KICK_OFF + timedelta(hours=3))
    attendance.mark(early_one, Registration.State.ATTENDED)
    attendance.mark(missed, Registration.State.MISSED)
    reminders.fan_out_all_due()
    at_first = thanks(*rows)

    early.shift(timedelta(days=2))
    attendance.mark(late_one, Registration.State.ATTENDED)
    attendance.mark(early_one, Registration.State.ATTENDED, came_for_part=True)

    assert (at_first, thanks(*rows)) == ([1, 0, 0, 0], [1, 1, 0, 0])
    assert unmarked.state == Registration.State.CONFIRMED


def test_somebody_marked_by_a_slip_is_not_thanked(early, outbox, community):
    registration = sign_up(SessionFactory())
    early.move_to(KICK_OFF + timedelta(hours=3))
    reminders.fan_out_all_due()
    attendance.mark(registration, Registration.State.ATTENDED)
    attendance.mark(registration, Registration.State.MISSED)
    early.shift(timedelta(minutes=11))

    mail.send_due()

    assert "Thank you for taking part" not in [row.subject for row in outbox]


@pytest.mark.parametrize(
    ("capacity", "notes", "said"),
    [
        ("personal", "", "We offer you £75 for it."),
        ("not_sure", "", "If you took part in a personal capacity, we offer you £75."),
        ("paid_role", "", "There are no notes of what was said yet."),
        ("paid_role", "<p>Hello</p>", "Notes of what was said, and what happens next, are on"),
    ],
)
def test_thanks_say_what_is_offered_and_whether_there_are_notes(
    early, outbox, community, capacity, notes, said
):
    registration = sign_up(SessionFactory(notes_afterwards=notes), capacity=capacity)
    early.move_to(KICK_OFF + timedelta(hours=3))
    attendance.mark(registration, Registration.State.ATTENDED)
    reminders.fan_out_all_due()

    mail.send_due()

    body = next(
        " ".join(row.body.split()) for row in outbox if row.subject == "Thank you for taking part"
    )
    assert said in body and ("£75" in body) == (capacity != "paid_role")


def test_cancelled_session_reminds_nobody(early):
    session = SessionFactory()
    registration = sign_up(session, PersonFactory())
    session.state = session.State.CANCELLED
    session.save()
    early.move_to(KICK_OFF - timedelta(hours=1))

    reminders.fan_out_all_due()

    assert kinds(registration.person)["reminder"] == 0


def test_session_without_a_date_stops_nobody_elses_reminders(early):
    broken, healthy = SessionFactory(), SessionFactory()
    registration = sign_up(healthy)
    Session.objects.filter(pk=broken.pk).update(starts_at=None, ends_at=None)
    early.move_to(KICK_OFF - timedelta(hours=1))

    with pytest.raises(ValueError, match="no start yet"):
        reminders.fan_out_all_due()

    assert kinds(registration.person)["reminder"] == 1


def test_session_whose_date_is_taken_away_has_nothing_due(early):
    session = SessionFactory(state="to_be_confirmed")
    session.starts_at = session.ends_at = None

    session.save()

    assert set(session.reminders.values_list("due_at", flat=True)) == {None}


def test_session_that_moves_nearer_sends_one_reminder_not_all_it_missed(early):
    session = SessionFactory()
    registration = sign_up(session)
    session.starts_at, session.ends_at = (
        clock.now() + timedelta(hours=4),
        clock.now() + timedelta(hours=5),
    )
    session.save()

    reminders.fan_out_all_due()

    assert kinds(registration.person)["reminder"] == 1
