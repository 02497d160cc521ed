"""Staff's Today: each section, one call's, what a colleague has taken, a bounded cost, and the
daily email.
"""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from collective import clock, taken
from collective.messages import mail
from collective.models import DeletionRequest, FollowUp, Message, Person, SupportLine
from events.models import Registration
from events.sessions import places
from portal.today import mail as today_mail
from portal.today import sections as today
from tests.factories import (
    KICK_OFF,
    CoordinatorFactory,
    PersonFactory,
    PhonePersonFactory,
    SessionFactory,
    sign_up,
)
from tests.messages import kinds
from tests.signed_in import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
State = Registration.State


def words(name, call=None):
    """The words of a section's lines."""
    return [
        line.words
        for line in next(
            row for row in today.sections(CoordinatorFactory(), call) if row.name == name
        ).lines
    ]


def test_to_ring_the_shortest_time_left_first():
    soon = SessionFactory(
        starts_at=KICK_OFF - timedelta(days=7), ends_at=KICK_OFF - timedelta(days=7, hours=-2)
    )
    sign_up(SessionFactory(), PhonePersonFactory(name="Later"))
    sign_up(soon, PhonePersonFactory(name="Sooner"))

    assert words("tell") == ["Ring Sooner: Place booked", "Ring Later: Place booked"]


def test_to_arrange_names_nobody():
    registration = sign_up(
        SessionFactory(title="Kick-off"), access_needs={"choices": ["captions"], "notes": ""}
    )

    assert words("needs") == ["Kick-off: 1 to arrange"]
    assert registration.person.name not in str(today.sections(CoordinatorFactory()))


def test_what_is_open_after_the_session_still_stands_on_today(early):
    sign_up(SessionFactory(title="Kick-off"), access_needs={"choices": ["captions"], "notes": ""})
    early.move_to(KICK_OFF + timedelta(days=2))

    assert words("needs") == ["Kick-off: 1 still open after it: people are owed a word"]


def test_attendance_of_what_has_begun(early):
    sign_up(SessionFactory(title="Kick-off"))
    early.move_to(KICK_OFF)

    assert words("attendance") == ["Kick-off: 1 not marked"]


def test_offers_that_run_out_within_a_day(early):
    session = SessionFactory(places=1)
    holder, _ = sign_up(session), sign_up(session, PersonFactory(name="Bartek"))
    places.give_up(holder)
    now = words("offers")
    early.shift(timedelta(days=4))

    assert (now, words("offers")) == ([], [f"Bartek: {session}"])


def test_free_places_while_people_wait():
    session = SessionFactory(places=1, title="Kick-off", offers_by_hand=True)
    holder, _ = sign_up(session), sign_up(session)
    places.give_up(holder)

    assert words("free") == ["Kick-off: 1 free, 1 wait"]


def test_failed_mail():
    sign_up(SessionFactory(), PersonFactory(name="Amina"))
    Message.objects.update(state=Message.State.FAILED)

    assert words("failed") == ["Amina: Place booked"]


def test_follow_up_comes_on_its_day(early):
    day = timezone.localdate(clock.now()) + timedelta(days=1)
    FollowUp.objects.create(person=PersonFactory(name="Amina"), what="The taxi.", due_on=day)
    before = words("follow_ups")
    early.shift(timedelta(days=1))

    assert (before, words("follow_ups")) == ([], ["Amina"])


def test_joining_details_that_nobody_wrote(early):
    SessionFactory(title="Kick-off", joining_link="")
    early.move_to(KICK_OFF - timedelta(days=6))

    assert words("joining") == ["Kick-off: nobody can know how to join"]


def test_requests_and_old_support_lines():
    DeletionRequest.objects.create(person=PersonFactory(name="Amina"), asked_at=clock.now())
    SupportLine.objects.create(
        name="A line", about="To talk", checked_on=clock.now().date() - timedelta(days=200)
    )

    both = [*words("also"), *words("lines")]
    assert [line.split(":")[0] for line in both] == [
        "Amina asks to be forgotten",
        "1 support line to check",
    ]


def test_one_call_shows_only_its_own():
    mine, other = SessionFactory(), SessionFactory()
    sign_up(mine, PhonePersonFactory(name="Mine")), sign_up(other, PhonePersonFactory(name="Other"))

    assert words("tell", mine.call) == ["Ring Mine: Place booked"]


def test_line_that_a_colleague_has_taken_is_marked(client, coordinator):
    sign_up(SessionFactory(), PhonePersonFactory())
    key = f"message:{Message.objects.get().pk}"
    client.post(reverse("admin:take"), {"line": key})
    other = CoordinatorFactory(name="Max")
    client.force_login(other)
    with_second_factor(client, other)

    taken = client.get("/admin/").content.decode()
    client.post(reverse("admin:take"), {"line": key, "how": "back"})

    does_it = "<bdi>Jo</bdi> does this"
    assert does_it in taken and does_it not in client.get("/admin/").content.decode()


def test_marks_are_forgotten_after_two_days(early):
    taken.take("message:1", PersonFactory())
    early.shift(timedelta(days=3))

    assert taken.forget_old_marks() == (1, 1)


def crowd(session, number):
    """A session's worth of everything that Today looks at."""
    people = [
        PhonePersonFactory.build(password="!", phone_hash="x", reach_by="phone")
        for _ in range(number)
    ]
    type(people[0]).objects.bulk_create(people)
    rows = Registration.objects.bulk_create(
        Registration(
            session=session,
            person=person,
            state="offered",
            seat=number,
            list_number=number,
            offer_until=clock.now() + timedelta(hours=2),
            offer_told_at=clock.now(),
        )
        for number, person in enumerate(people, 1)
    )
    for state in (Message.State.WAITING, Message.State.FAILED):
        Message.objects.bulk_create(
            Message(
                person=row.person,
                channel="phone",
                kind="offered",
                about=row.pk,
                state=state,
                revision=state,
                message_id=f"<{state}{row.pk}>",
                created_at=clock.now(),
                due_at=clock.now(),
            )
            for row in rows
        )
    FollowUp.objects.bulk_create(
        FollowUp(person=person, what="x", due_on=clock.now().date()) for person in people
    )


@pytest.mark.parametrize("number", [10, pytest.param(2000, marks=pytest.mark.thorough)])
def test_today_asks_twenty_one_queries_at_most(
    client, coordinator, django_assert_max_num_queries, number
):
    session = SessionFactory(places=5000)
    crowd(session, number)
    taken.take(f"message:{Message.objects.first().pk}", coordinator)
    client.get("/admin/")

    with django_assert_max_num_queries(21):
        client.get("/admin/")


GROUPS = {
    "Coordinators": ({"tell"}, {"approve"}),
    "Finance": ({"approve"}, {"tell"}),
    "Safeguarding leads": ({"lines"}, {"tell", "approve"}),
    "Who sees what is told in confidence": (set(), {"tell", "approve", "lines"}),
}


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_sees_the_sections_that_it_works_with(group):
    person = CoordinatorFactory()
    person.groups.set([Group.objects.get(name=group)])

    names = {section.name for section in today.sections(Person.objects.get(pk=person.pk))}

    its_own, others = GROUPS[group]
    assert (its_own - names, others & names) == (set(), set())


@pytest.mark.parametrize("group", ["Finance", "Safeguarding leads"])
def test_nobody_takes_a_line_of_another_group(client, group):
    person = CoordinatorFactory()
    person.groups.set([Group.objects.get(name=group)])
    client.force_login(person)
    with_second_factor(client, person)

    answers = [
        client.post(reverse("admin:take"), {"line": key}).status_code
        for key in ("message:1", "pay:1", "lines")
    ]

    assert answers == ([403, 302, 403] if group == "Finance" else [403, 403, 302])


def test_finance_sees_no_people_of_sessions_on_today(client):
    person = CoordinatorFactory()
    person.groups.set([Group.objects.get(name="Finance")])
    client.force_login(person)
    with_second_factor(client, person)
    sign_up(SessionFactory(), PhonePersonFactory(name="Olive"))

    assert "Olive" not in client.get("/admin/").content.decode()


def tell_staff_at(early, hour):
    early.move_to(KICK_OFF.replace(hour=hour, minute=30) - timedelta(days=20))
    return today_mail.tell_staff()[1]


def test_daily_email_comes_once_from_eight_and_holds_counts_only(early, outbox):
    coordinator = CoordinatorFactory(email="jo@example.org")
    CoordinatorFactory(wants_staff_mail=False)
    PersonFactory()
    sign_up(SessionFactory(), PhonePersonFactory(name="Olive"))
    told = [tell_staff_at(early, hour) for hour in (6, 7, 9)]  # 7:30, 8:30 and 10:30 in London
    mail.send_due()

    assert told == [0, 1, 0]
    assert [row.to for row in outbox] == [[coordinator.email]]
    assert "To ring or post: 1" in outbox[0].body and "Olive" not in outbox[0].body
    assert outbox[0].subject == "Today 1 thing waits"


def test_daily_email_does_not_come_on_a_day_with_nothing_to_do(early, outbox):
    CoordinatorFactory()
    tell_staff_at(early, 9)
    mail.send_due()

    assert (outbox, kinds()["staff_today"]) == ([], 1)


def test_staff_of_no_group_get_no_daily_email(early):
    person = CoordinatorFactory()
    person.groups.clear()

    assert tell_staff_at(early, 9) == 0


def test_system_status_says_what_is_late(client, coordinator):
    page = client.get(reverse("admin:status")).content.decode()

    assert (
        "<strong>Late</strong>" in page
        and "Every migration is applied." in page
        and "No backup was seen" in page
    )


def test_failed_messages_are_tried_again_from_the_status_page(client, coordinator):
    sign_up(SessionFactory())
    Message.objects.update(state=Message.State.FAILED)

    client.post(reverse("admin:status"))

    assert Message.objects.get().state == Message.State.WAITING
