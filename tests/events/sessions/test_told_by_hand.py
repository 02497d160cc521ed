"""People without email: each message is a task for staff, and their offer's time starts when they
are told.
"""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.messages import by_hand, mail
from collective.models import Message
from events.models import Registration
from events.sessions import offers, places, waiting_list
from events.sessions.messages import reminders
from tests.factories import (
    KICK_OFF,
    CoordinatorFactory,
    PersonFactory,
    PhonePersonFactory,
    SessionFactory,
    fill,
    sign_up,
)
from tests.messages import kinds
from tests.signed_in import with_second_factor

State = Registration.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


def offered_by_phone():
    """(the registration of somebody on the phone who is offered the only place, the task)."""
    session = SessionFactory(places=1)
    holder = sign_up(session)
    waiter = sign_up(session, PhonePersonFactory())
    places.give_up(holder)
    waiter.refresh_from_db()
    return waiter, Message.objects.get(kind="offered")


def test_message_for_somebody_without_email_is_a_task_with_the_wording():
    registration = sign_up(SessionFactory(), PhonePersonFactory(name="Olive"))
    task = Message.objects.tasks(clock.now()).get()

    letter, html = by_hand.wording(task)

    assert (task.channel, letter.row) == ("phone", registration)
    assert "Your place is booked" in html and "<a " not in html and "?key=" not in html


def test_page_of_a_task_that_is_no_longer_true_leaves_it_to_the_sweep(client, coordinator):
    offered_by_phone()
    untrue = Message.objects.filter(kind="waiting", state=Message.State.WAITING)

    client.get(reverse("admin:collective_message_tell", args=[untrue.get().pk]))
    before = untrue.count()
    by_hand.drop_untrue()

    assert (before, untrue.count()) == (1, 0)


def test_letter_by_post_begins_with_the_address():
    person = PhonePersonFactory(
        name="Edwin", phone=None, postal_address="1 High Street\nLeeds", reach_by="post"
    )
    sign_up(SessionFactory(), person)

    _, html = by_hand.wording(Message.objects.get())

    assert "<bdi>Edwin</bdi><br>1 High Street<br>Leeds" in html and "With best wishes" in html


def test_no_mail_goes_to_who_is_told_by_hand(outbox):
    sign_up(SessionFactory(), PhonePersonFactory())

    mail.send_due()

    assert (outbox, Message.objects.get().state) == ([], Message.State.WAITING)


def test_second_person_at_a_shared_address_gets_mail_there_and_no_account(outbox):
    owner = PersonFactory(email="both@example.org")
    second = PersonFactory(email=None, contact_email="both@example.org", name="Ann")
    sign_up(SessionFactory(), second)

    mail.send_due()

    assert [(row.to, "Hello Ann" in row.body) for row in outbox] == [(["both@example.org"], True)]
    assert (second.email, owner.registrations.count()) == (None, 0)


def test_time_to_answer_starts_when_staff_mark_the_offer_told(coordinator, early):
    registration, task = offered_by_phone()
    before = registration.offer_until
    early.shift(timedelta(days=1))

    by_hand.mark_told(task, coordinator)

    registration.refresh_from_db()
    assert (before, registration.offer_until) == (
        KICK_OFF,
        offers.offer_until(KICK_OFF, clock.now()),
    )


def test_place_is_held_until_the_person_is_told(early):
    registration, _ = offered_by_phone()
    early.shift(timedelta(days=10))

    waiting_list.move_all_on()

    registration.refresh_from_db()
    assert registration.state == State.OFFERED and registration.offer_waits_to_be_told


def test_offer_told_shortly_before_the_start_never_outlasts_it(coordinator, early):
    registration, task = offered_by_phone()
    early.move_to(KICK_OFF - timedelta(minutes=5))

    by_hand.mark_told(task, coordinator)

    registration.refresh_from_db()
    assert registration.offer_until == KICK_OFF


def test_offer_that_nobody_was_told_of_ends_at_the_start_without_blaming_them(early):
    registration, _ = offered_by_phone()
    early.move_to(KICK_OFF + timedelta(minutes=1))

    waiting_list.move_all_on()

    registration.refresh_from_db()
    assert (registration.state, kinds()["offer_lapsed"]) == (State.CANCELLED, 0)


def test_task_marked_told_twice_is_told_once_by_the_first(coordinator):
    sign_up(SessionFactory(), PhonePersonFactory())
    task, other = Message.objects.get(), PersonFactory()

    answers = [by_hand.mark_told(task, coordinator), by_hand.mark_told(task, other)]

    task.refresh_from_db()
    assert (answers, task.told_by, task.state) == ([True, False], coordinator, Message.State.SENT)


def test_not_told_after_all_stops_the_offers_time(coordinator):
    registration, task = offered_by_phone()
    by_hand.mark_told(task, coordinator)
    task.refresh_from_db()

    by_hand.not_told_after_all(task)

    registration.refresh_from_db(), task.refresh_from_db()
    assert (registration.offer_waits_to_be_told, registration.offer_until) == (True, KICK_OFF)
    assert task.state == Message.State.WAITING


def test_nobody_answers_and_the_task_comes_back_in_two_hours():
    sign_up(SessionFactory(), PhonePersonFactory())
    task = Message.objects.get()

    by_hand.no_answer(task)

    task.refresh_from_db()
    assert (task.due_at, task.attempts) == (clock.now() + timedelta(hours=2), 1)


def test_task_comes_back_sooner_when_little_time_is_left():
    sign_up(SessionFactory(), PhonePersonFactory())
    Message.objects.update(not_after=clock.now() + timedelta(minutes=30))

    assert by_hand.no_answer(Message.objects.get()) == clock.now() + timedelta(minutes=15)


def test_of_reminders_only_the_one_of_the_day_before_becomes_a_task(early):
    session = SessionFactory()
    sign_up(session, PhonePersonFactory())
    Message.objects.all().delete()
    told = {}
    for name, moment in (("week", 7 * 24), ("day", 19), ("hour", 1)):
        early.move_to(KICK_OFF - timedelta(hours=moment))
        reminders.fan_out_all_due()
        told[name] = kinds()["reminder"]

    assert told == {"week": 0, "day": 1, "hour": 1}


def test_task_that_is_no_longer_true_goes_by_itself():
    registration = sign_up(SessionFactory(), PhonePersonFactory())
    places.give_up(registration)

    by_hand.drop_untrue()

    states = dict(Message.objects.values_list("kind", "state"))
    assert states == {"booked": "dropped", "given_up": "waiting"}


def test_mail_that_failed_becomes_a_task_and_its_offer_waits(early):
    session = SessionFactory(places=1)
    holder, waiter = sign_up(session), sign_up(session)
    places.give_up(holder)
    failed = Message.objects.get(kind="offered")
    Message.objects.filter(pk=failed.pk).update(state=Message.State.FAILED)

    by_hand.tell_by_hand(failed)

    waiter.refresh_from_db(), failed.refresh_from_db()
    assert (failed.channel, failed.state) == ("phone", Message.State.WAITING)
    assert waiter.offer_waits_to_be_told and waiter.offer_until == session.starts_at


def test_only_a_failed_mail_can_be_told_by_phone():
    sign_up(SessionFactory())

    with pytest.raises(RuleError, match="Only a mail that failed"):
        by_hand.tell_by_hand(Message.objects.get())


def test_mail_that_came_back_is_seen_beside_the_person(client, coordinator, outbox):
    registration = sign_up(SessionFactory())
    mail.send_due()
    message = Message.objects.get()

    client.post(reverse("admin:collective_message_act", args=[message.pk, "came_back"]))
    board = client.get(
        reverse("admin:events_session_board", args=[registration.session_id])
    ).content.decode()

    assert "Mail did not arrive: tell by phone" in board


def test_staff_read_out_the_wording_and_mark_it_told(client, coordinator):
    sign_up(SessionFactory(), PhonePersonFactory(name="Olive"))
    address = reverse("admin:collective_message_tell", args=[Message.objects.get().pk])
    page = client.get(address).content.decode()
    unchanged = Message.objects.get().state

    client.post(address, {"how": "told"})

    assert "020 7946 0123" in page.replace("\u00a0", " ") and "Your place is booked" in page
    assert (unchanged, Message.objects.get().state) == (Message.State.WAITING, Message.State.SENT)


def test_booking_for_who_is_on_the_phone_leaves_no_task(client, coordinator):
    session, person = SessionFactory(), PhonePersonFactory(name="Olive")
    address = reverse("admin:events_session_book_person", args=[session.pk, person.pk])

    client.post(
        address, {"capacity": "personal", "coming_along": "nobody", "agree": "on", "told": "on"}
    )

    assert session.registrations.get().state == State.CONFIRMED
    assert (Message.objects.get().state, Message.objects.get().told_by) == (
        Message.State.SENT,
        coordinator,
    )


def test_saying_yes_on_the_phone_books_the_place_and_leaves_no_task(client, coordinator):
    registration, _ = offered_by_phone()

    client.post(
        reverse("admin:events_registration_act", args=[registration.pk, "accept"]), {"told": "on"}
    )

    registration.refresh_from_db()
    sweeps.run("untrue tasks")
    waiting = Message.objects.tasks(clock.now()).exclude(kind="waiting")
    assert (registration.state, list(waiting)) == (State.CONFIRMED, [])


def test_staff_who_may_not_see_numbers_cannot_open_a_task(client):
    person = CoordinatorFactory()
    person.groups.set([Group.objects.get(name="Finance")])
    client.force_login(person)
    with_second_factor(client, person)
    sign_up(SessionFactory(), PhonePersonFactory())

    assert (
        client.get(
            reverse("admin:collective_message_tell", args=[Message.objects.get().pk])
        ).status_code
        == 403
    )


def test_who_waits_by_phone_is_offered_in_the_same_order():
    session = SessionFactory(places=2)
    holders = fill(session)
    first, second = sign_up(session, PhonePersonFactory()), sign_up(session)
    places.give_up(holders[0])

    first.refresh_from_db(), second.refresh_from_db()
    assert [first.state, second.state] == [State.OFFERED, State.WAITING]
