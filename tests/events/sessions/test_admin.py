"""What staff do in the admin, each act through its page."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.urls import reverse

from collective.messages import mail
from collective.models import Activity, Message, Person
from events.models import Registration, Session
from events.sessions import attendance
from tests.factories import (
    KICK_OFF,
    ActivityFactory,
    CoordinatorFactory,
    SessionFactory,
    fill,
    sign_up,
)
from tests.signed_in import with_second_factor

State = Registration.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community", "long_sessions")]


def session_page(session, name):
    return reverse(f"admin:events_session_{name}", args=[session.pk])


def act(client, row, name):
    address = reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_act", args=[row.pk, name])
    asked = client.get(address)
    return asked, client.post(address, follow=True)


def test_raising_places_offers_them_and_says_so(client, coordinator):
    session = SessionFactory(places=1)
    sign_up(session)
    waiter = sign_up(session)

    page = client.post(session_page(session, "places"), {"places": 2}, follow=True).content.decode()

    waiter.refresh_from_db()
    assert (waiter.state, "Places: 2." in page) == (State.OFFERED, True)


def test_lowering_places_says_that_nobody_loses_one(client, coordinator):
    session = SessionFactory(places=3)
    fill(session)

    page = client.post(session_page(session, "places"), {"places": 1}, follow=True).content.decode()

    assert "3 are taken or offered; nobody loses one." in page


def test_closing_and_opening_asks_first(client, coordinator):
    session = SessionFactory()
    asked, _ = act(client, session, "close")
    closed = Session.objects.get().state
    act(client, session, "open")

    assert (
        "Nobody can then sign up." in asked.content.decode(),
        closed,
        Session.objects.get().state,
    ) == (
        True,
        "closed",
        "open",
    )


def test_asking_changes_nothing(client, coordinator):
    session = SessionFactory()

    client.get(reverse("admin:events_session_act", args=[session.pk, "close"]))

    assert Session.objects.get().state == "open"


def test_offer_by_hand_and_give_back_from_a_registration(client, coordinator):
    session = SessionFactory(places=1, offers_by_hand=True)
    holder, waiter = sign_up(session), sign_up(session)

    act(client, holder, "give_back")
    act(client, waiter, "offer")

    holder.refresh_from_db(), waiter.refresh_from_db()
    assert [(row.state, row.ended_because) for row in (holder, waiter)] == [
        ("cancelled", "staff"),
        ("offered", ""),
    ]


def test_thirty_are_marked_on_one_screen(client, coordinator, early):
    session = SessionFactory(places=30)
    rows = fill(session)
    early.move_to(KICK_OFF)
    with_second_factor(client, coordinator)
    marks = ["took part", "came for part", "not seen"] * 10
    sent = {f"{row.pk}-mark": mark for row, mark in zip(rows, marks, strict=True)}
    sent |= {f"{row.pk}-was": "not marked" for row in rows}

    client.post(session_page(session, "attendance"), sent)

    counted = [
        session.registrations.filter(state=state).count()
        for state in (State.ATTENDED, State.MISSED)
    ]
    assert (counted, session.registrations.filter(came_for_part=True).count()) == ([20, 10], 10)


def test_marks_of_a_colleague_stay_and_who_came_meanwhile_stops_nothing(client, coordinator, early):
    session = SessionFactory()
    first, second = sign_up(session), sign_up(session)
    early.move_to(KICK_OFF)
    with_second_factor(client, coordinator)
    sent = {f"{row.pk}-{name}": "not marked" for row in (first, second) for name in ("mark", "was")}
    attendance.mark(first, State.MISSED)
    sign_up(session)

    client.post(session_page(session, "attendance"), {**sent, f"{second.pk}-mark": "took part"})

    first.refresh_from_db(), second.refresh_from_db()
    assert [first.state, second.state] == [State.MISSED, State.ATTENDED]


def test_looking_at_access_needs_is_on_record(client, coordinator):
    registration = sign_up(
        SessionFactory(), access_needs={"choices": ["captions"], "notes": "slowly"}
    )

    page = client.get(
        reverse("admin:events_registration_change", args=[registration.pk])
    ).content.decode()

    assert "Live captions" in page and "slowly" in page
    assert LogEntry.objects.get().change_message == "Looked at this registration"


def test_finance_sees_no_access_needs_and_changes_nothing(client):
    person = CoordinatorFactory()
    person.groups.set([Group.objects.get(name="Finance")])
    client.force_login(person)
    with_second_factor(client, person)
    registration = sign_up(SessionFactory(), access_needs={"choices": [], "notes": "slowly"})
    address = reverse("admin:events_registration_change", args=[registration.pk])

    assert "slowly" not in client.get(address).content.decode()
    assert (
        client.post(
            reverse("admin:events_registration_act", args=[registration.pk, "give_back"])
        ).status_code
        == 403
    )
    assert client.get("/admin/events/registration/?access_needs__isnull=0").status_code in {
        302,
        400,
    }


def test_history_says_what_happened_and_who_did_it(client, coordinator):
    registration = sign_up(SessionFactory())
    act(client, registration, "give_back")

    page = client.get(
        reverse("admin:events_registration_change", args=[registration.pk])
    ).content.decode()

    assert "Has a place" in page and "Cancelled, by Jo" in page


def test_coordinator_cannot_become_superuser(client, coordinator):
    client.post(
        reverse("admin:collective_person_change", args=[coordinator.pk]),
        {"name": "Jo", "is_superuser": "on", "is_staff": "on", "is_active": "on"},
    )

    assert not Person.objects.get(pk=coordinator.pk).is_superuser


def test_coordinator_cannot_change_another_member_of_staff(client, coordinator):
    other = CoordinatorFactory()

    assert (
        client.post(
            reverse("admin:collective_person_change", args=[other.pk]), {"name": "X"}
        ).status_code
        == 403
    )


def test_activity_admin_leaves_sessions_to_their_own(client, coordinator):
    session, bare = SessionFactory(), ActivityFactory()

    listed = client.get(reverse("admin:collective_activity_changelist")).content.decode()

    assert (bare.title in listed, session.title in listed) == (True, False)
    assert Activity.objects.count() == 2


def test_text_of_a_message_with_its_links_is_not_shown_to_staff(client, coordinator, outbox):
    sign_up(SessionFactory())
    mail.send_due()

    page = client.get(
        reverse("admin:collective_message_change", args=[Message.objects.get().pk])
    ).content.decode()

    assert "?key=" not in page


@pytest.mark.parametrize(
    "address",
    [
        "/admin/r/29/garbage/",
        "/admin/events/session/?starts_at__year=99999999",
        "/admin/password_change/",
        "/admin/events/session/garbage/change/",
        "/admin/events/session/?q=%00",
    ],
)
def test_garbage_in_the_admin_is_no_server_error(client, coordinator, address):
    client.raise_request_exception = False

    assert client.get(address).status_code < 500


def test_session_with_people_on_it_is_moved_on_a_page_of_its_own_and_not_in_the_form(
    client, coordinator
):
    session = SessionFactory()
    sign_up(session)
    address = reverse("admin:events_session_change", args=[session.pk])

    page = client.get(address)

    assert {"starts_at", "ends_at", "state"}.isdisjoint(page.context["adminform"].form.fields)
    assert session_page(session, "move") in page.content.decode()


def test_marks_are_saved_before_somebody_is_noted_who_came_without_signing_up(
    client, coordinator, early
):
    session = SessionFactory()
    registration = sign_up(session)
    early.move_to(session.starts_at + timedelta(hours=1))
    with_second_factor(client, coordinator)
    fields = {
        f"{registration.pk}-mark": "took part",
        f"{registration.pk}-was": "not marked",
        "then": "walk_in",
    }

    answer = client.post(session_page(session, "attendance"), fields)
    registration.refresh_from_db()

    assert (answer.url, registration.state) == (session_page(session, "walk_in"), "attended")
