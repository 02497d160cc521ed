"""What happens when somebody was quicker, a page is old, or a colleague did something else
meanwhile.
"""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from collective import clock, taken
from collective.background import restoring
from collective.errors import RuleError
from collective.messages import announcements, by_hand, mail
from collective.models import Announcement, Message
from events.models import AccessNeed, Registration, Session
from events.sessions import access_needs, answers, moving, offers, places, waiting_list
from events.sessions.access_needs import Progress
from tests.factories import (
    KICK_OFF,
    CoordinatorFactory,
    PersonFactory,
    PhonePersonFactory,
    SessionFactory,
    sign_up,
)
from tests.joining import join, undo
from tests.messages import kinds
from tests.signed_in import with_second_factor

State = Registration.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
LATER = KICK_OFF + timedelta(days=7)


def act(client, row, name):
    address = reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_act", args=[row.pk, name])
    return client.post(address, follow=True).content.decode()


def form_of(client, address):
    """What a browser would send from the page: the bound form's own values."""
    form = client.get(address).context["adminform"].form
    sent = {}
    for bound in form:
        value = bound.value()
        if isinstance(value, list | tuple):
            sent |= {f"{bound.name}_{number}": part for number, part in enumerate(value)}
        elif value not in (None, False):
            sent[bound.name] = value
    formsets = {
        f"{name}-{key}_FORMS": 0
        for name in ("reminders", "materials")
        for key in ("TOTAL", "INITIAL")
    }
    return {**sent, **formsets}


def offered_by_mail():
    session = SessionFactory(places=1)
    holder, waiter = sign_up(session), sign_up(session)
    places.give_up(holder)
    waiter.refresh_from_db()
    return session, waiter


def test_task_of_a_move_stays_when_sign_up_is_closed_afterwards(client, coordinator):
    session = SessionFactory()
    sign_up(session, PhonePersonFactory())
    moving.move(session, starts_at=LATER, ends_at=LATER + timedelta(hours=2))

    act(client, session, "close")
    by_hand.drop_untrue()

    assert Message.objects.get(kind="moved").state == Message.State.WAITING


def test_session_that_opens_later_is_still_edited_once_people_are_booked(client, coordinator):
    session = SessionFactory(opens_at=KICK_OFF - timedelta(days=1))
    places.book(session, PersonFactory(), capacity="personal")
    address = reverse("admin:events_session_change", args=[session.pk])

    answer = client.post(address, {**form_of(client, address), "pace": "Three breaks"})

    assert (answer.status_code, Session.objects.get().pace) == (302, "Three breaks")


def test_old_session_form_does_not_take_back_a_colleagues_cancelling(client, coordinator):
    session = SessionFactory()
    address = reverse("admin:events_session_change", args=[session.pk])
    sent = form_of(client, address)
    moving.cancel(session, "Too few of us.")

    client.post(address, {**sent, "pace": "Three breaks"})

    saved = Session.objects.get()
    assert (saved.state, saved.cancelled_because, saved.pace) == (
        "cancelled",
        "Too few of us.",
        "Three breaks",
    )


def test_cancelled_session_is_not_opened_by_an_old_page(client, coordinator):
    session = SessionFactory(state="closed")
    moving.cancel(session, "Too few of us.")

    page = act(client, session, "open")

    assert "can no longer be done" in page and Session.objects.get().state == "cancelled"


def test_second_click_on_an_act_gets_a_sentence(client, coordinator):
    registration = sign_up(SessionFactory())

    pages = [act(client, registration, "give_back") for _ in range(2)]

    assert "can no longer be done" in pages[1] and kinds()["given_up"] == 1


def test_offer_that_mail_did_not_reach_stays_a_task_until_the_start(early):
    session, waiter = offered_by_mail()
    failed = Message.objects.get(kind="offered")
    Message.objects.filter(pk=failed.pk).update(state=Message.State.FAILED)
    by_hand.tell_by_hand(failed)
    early.shift(timedelta(days=4))

    by_hand.drop_untrue()
    waiting_list.move_all_on()

    failed.refresh_from_db(), waiter.refresh_from_db()
    assert (failed.state, failed.not_after, waiter.state) == (
        Message.State.WAITING,
        session.starts_at,
        State.OFFERED,
    )


def test_offer_that_has_ended_is_not_revived_by_telling_it(early):
    _, waiter = offered_by_mail()
    failed = Message.objects.get(kind="offered")
    Message.objects.filter(pk=failed.pk).update(state=Message.State.FAILED)
    early.shift(timedelta(days=5))

    with pytest.raises(RuleError):
        by_hand.tell_by_hand(failed)

    assert not waiter.offer_is_open


def test_who_knew_of_an_offer_that_is_taken_back_is_told(outbox):
    _, waiter = offered_by_mail()

    offers.take_back(waiter)

    states = dict(Message.objects.filter(person=waiter.person).values_list("kind", "state"))
    assert states["offered"] == "dropped" or "offer_taken_back" in states
    mail.send_due()
    waiting_list.offer_by_hand(waiter)
    mail.send_due()
    offers.take_back(waiter)
    assert kinds(waiter.person)["offer_taken_back"] == 1


def test_offer_of_a_cancelled_session_does_not_lapse_before_they_are_told(coordinator, early):
    session = SessionFactory(places=1)
    holder, waiter = sign_up(session), sign_up(session, PhonePersonFactory())
    places.give_up(holder)
    by_hand.mark_told(Message.objects.get(kind="offered"), coordinator)
    moving.cancel(session, "Too few of us.")
    early.shift(timedelta(days=3))

    waiting_list.move_all_on()
    by_hand.drop_untrue()

    assert (
        Message.objects.get(kind="cancelled", person=waiter.person).state == Message.State.WAITING
    )


def test_what_the_person_changed_meanwhile_is_not_overwritten():
    registration = sign_up(SessionFactory(), access_needs={"choices": [], "notes": "slowly"})
    seen = registration.needs.get().version
    answers.change(registration, access_needs={"choices": [], "notes": "in Welsh"})

    with pytest.raises(RuleError, match="has changed this"):
        access_needs.update(
            registration.needs.get(), Progress(state=AccessNeed.State.ARRANGED), version=seen
        )


def test_arranged_interpreter_stays_arranged_when_records_are_joined():
    session, kept, gone = SessionFactory(), PersonFactory(), PersonFactory()
    mine = sign_up(session, kept)
    theirs = sign_up(session, gone, access_needs={"choices": ["interpreter"], "notes": ""})
    access_needs.update(theirs.needs.get(), Progress(state=AccessNeed.State.ARRANGED))

    join(kept, gone)

    assert [(need.registration, need.state) for need in AccessNeed.objects.all()] == [
        (mine, "arranged")
    ]


def test_phone_task_of_an_offer_stays_untold_when_an_address_comes_by_a_join():
    session = SessionFactory(places=1)
    holder, waiter = sign_up(session), sign_up(session, PhonePersonFactory())
    places.give_up(holder)

    join(waiter.person, PersonFactory())

    waiter.refresh_from_db()
    assert waiter.offer_waits_to_be_told and Message.objects.get(kind="offered").channel == "phone"


def test_undoing_a_join_keeps_what_the_person_changed_since():
    kept, gone = PersonFactory(name="Ann"), PersonFactory()
    row = join(kept, gone)
    kept.refresh_from_db()
    kept.wants_news, kept.name = False, "Anne"
    kept.save()

    undo(row)

    kept.refresh_from_db()
    assert (kept.name, kept.wants_news) == ("Anne", False)


def test_undoing_a_join_twice_gets_a_sentence(client, coordinator):
    kept = PersonFactory()
    join(kept, PersonFactory())

    pages = [act(client, kept, "undo_join") for _ in range(2)]

    assert "can no longer be done" in pages[1]


def test_chosen_person_is_still_told_after_a_join():
    kept, gone = PersonFactory(), PersonFactory()
    announcement = Announcement.objects.create(audience="chosen", subject="News", body="<p>x</p>")
    announcement.chosen.add(gone)

    join(kept, gone)

    assert list(announcements.people(announcement)) == [kept]


def test_old_form_of_a_message_to_many_does_not_stop_it(client, coordinator):
    session = SessionFactory()
    announcement = Announcement.objects.create(
        audience="confirmed", activity=session, subject="News", body="<p>x</p>"
    )
    address = reverse("admin:collective_announcement_change", args=[announcement.pk])
    sent = {
        "audience": "confirmed",
        "activity": session.pk,
        "subject": "Old news",
        "body": "<p>x</p>",
    }
    announcements.schedule(announcement)

    client.post(address, sent)

    assert Announcement.objects.get().state == Announcement.State.SCHEDULED


@pytest.mark.parametrize("query", ["needs__isnull=0", "events__pgh_id=1"])
def test_nobody_finds_out_by_filtering_who_has_needs(client, query):
    person = CoordinatorFactory()
    person.groups.set([Group.objects.get(name="Finance")])
    client.force_login(person)
    with_second_factor(client, person)
    sign_up(SessionFactory(), access_needs={"choices": ["captions"], "notes": ""})

    assert client.get(f"/admin/events/registration/?{query}").status_code in {302, 400}


def test_number_that_we_know_already_is_named_and_can_be_shared(client, coordinator):
    PhonePersonFactory(name="Olive")
    address = reverse("admin:events_session_book", args=[SessionFactory().pk])
    new = {"name": "Omar", "phone": "020 7946 0123", "reach_by": "phone"}

    refused = client.post(address, new).content.decode()
    taken = client.post(address, {**new, "is_somebody_else": "on"})

    assert "Olive has this number" in refused and taken.status_code == 302


def test_line_that_a_colleague_took_a_moment_ago_is_not_taken_silently():
    first, second = PersonFactory(name="Jo"), PersonFactory()
    taken.take("message:1", first)

    with pytest.raises(RuleError, match="Jo has just taken this"):
        taken.take("message:1", second)
    taken.take("message:1", second, instead_of=str(first.pk))


def test_mail_to_somebody_who_has_no_address_any_more_fails_where_staff_see_it(outbox):
    registration = sign_up(SessionFactory())
    type(registration.person).objects.filter(pk=registration.person_id).update(
        email=None, reach_by="phone"
    )

    mail.send_due()

    assert Message.objects.get().state == Message.State.FAILED


def test_held_messages_are_left_out_of_trying_all_again(client, coordinator):
    sign_up(SessionFactory())
    restoring.hold(clock.now())

    client.post(reverse("admin:status"))

    assert Message.objects.get(kind="booked").state == Message.State.FAILED


def test_after_a_move_mail_that_waited_goes_out_and_mail_in_hand_is_held():
    waiting, in_hand = (sign_up(SessionFactory()).person for _ in range(2))
    Message.objects.filter(person=in_hand).update(state=Message.State.SENDING)

    assert restoring.go_on(clock.now()) == 1

    assert Message.objects.get(person=waiting).state == Message.State.WAITING
    assert Message.objects.get(person=in_hand).state == Message.State.FAILED
    assert not restoring.is_under_way()


def test_who_manages_staff_cannot_touch_a_superuser(client, coordinator):
    coordinator.user_permissions.add(Permission.objects.get(codename="manage_staff"))
    boss = CoordinatorFactory(is_superuser=True)

    answers = {
        client.get(reverse(f"admin:collective_person_{name}", args=[boss.pk])).status_code
        for name in ("email", "join")
    }

    assert answers == {403}
    assert "can no longer be done" not in act(client, boss, "leave")
    boss.refresh_from_db()
    assert boss.is_staff


def test_staff_need_their_second_step_to_change_their_address(client):
    client.force_login(CoordinatorFactory())

    assert client.get(reverse("change_email")).status_code == 302
