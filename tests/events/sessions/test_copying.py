"""Copies: the words, never the people, never a date."""

import pytest
from django.urls import reverse

from collective.models import Activity, Call
from events.models import Material, Reminder, Session
from tests.factories import (
    ActivityFactory,
    CallFactory,
    FollowFactory,
    PersonFactory,
    SessionFactory,
    sign_up,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


def test_copied_session_has_the_words_and_no_people_date_or_joining_link():
    session = SessionFactory(pace="Two breaks", slug="kick-off")
    sign_up(session)

    copied = session.copy(session.call)

    assert (copied.pace, copied.slug, copied.state) == (
        "Two breaks",
        "kick-off-2",
        Session.State.TO_BE_CONFIRMED,
    )
    assert (copied.starts_at, copied.joining_link, copied.registrations.count()) == (None, "", 0)


def test_reminders_and_materials_go_along_and_are_due_when_a_date_is_set():
    session = SessionFactory()
    session.reminders.filter(days_before=7).delete()
    session.reminders.update(fanned_out_at=session.starts_at)
    Material.objects.create(session=session, name="Questions", link="https://example.org/q")

    copied = session.copy(session.call)

    assert (copied.reminders.count(), copied.materials.get().name) == (4, "Questions")
    assert not copied.reminders.exclude(fanned_out_at=None, due_at=None).exists()
    assert Reminder.objects.count() == 8


def test_copied_call_has_every_way_and_is_seen_by_staff_only():
    call = CallFactory(title="Policy")
    SessionFactory(call=call), ActivityFactory(call=call)
    FollowFactory(call=call)

    copied = call.copy()

    assert (copied.published_at, copied.activities.count(), copied.follows.count()) == (None, 2, 0)
    assert Session.objects.filter(call=copied).count() == 1


def test_invited_people_are_not_copied():
    session = SessionFactory(by_invitation=True)
    session.invited.add(PersonFactory())

    assert session.copy(session.call).invited.count() == 0


def test_copying_twice_finds_another_address():
    session = SessionFactory(slug="kick-off")

    slugs = [session.copy(session.call).slug for _ in range(2)]

    assert slugs == ["kick-off-2", "kick-off-3"]


def test_staff_copy_a_call_on_its_page(client, coordinator):
    call = CallFactory(title="Policy")
    ActivityFactory(call=call)

    client.post(reverse("admin:collective_call_act", args=[call.pk, "copy"]))

    assert Call.objects.filter(title="Copy of Policy").exists() and Activity.objects.count() == 2
