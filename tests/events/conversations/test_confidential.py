"""What is told in confidence: encrypted everywhere, seen by few and on record, removed in time."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.safety import encryption
from collective.safety.link_keys import key_for
from events.conversations import booking, confidential, host_notes, outcomes, ways_to_talk
from events.conversations.times import wishes
from events.models import BookingDraft, Conversation, PassedOn
from portal.my_data import my_data
from tests.events.sessions.test_sign_up import table_text
from tests.factories import (
    KICK_OFF,
    TALK,
    CoordinatorFactory,
    PersonFactory,
    SeriesFactory,
    book,
    slot_of,
    slots_of,
)
from tests.signed_in import with_second_factor

pytestmark = pytest.mark.usefixtures("early", "community")
TYPED = [
    "900123",
    "zebra",
    "umbrella",
    "quokka",
    "wombat",
    "narwhal",
    "okapi",
    "secretlink",
    "79460001",
    "capybara",
]


@pytest.fixture
def series(db):
    return SeriesFactory(video_link="https://zoom.example/secretlink")


@pytest.fixture
def told(series, early):
    """A conversation in which everything was told, and that is over."""
    first, second = slots_of(series, 2)
    conversation = book(first)
    BookingDraft.objects.create(
        person=PersonFactory(), series=series, answers={"topics": ["zebra"]}, updated_at=KICK_OFF
    )
    booking.move(conversation, second)
    ways_to_talk.change_answers(conversation, topics="zebra and wombat")
    wishes.ask(series, PersonFactory(), "narwhal")
    early.move_to(second.ends_at)
    host_notes.keep_note(conversation, "quokka")
    host_notes.note_passed_on(
        conversation, second.ends_at, series.host, to_whom="okapi", told="capybara"
    )
    outcomes.mark(conversation, "held", series.host)
    conversation.refresh_from_db()
    return conversation


def everything():
    return "".join(table_text(name) for name in connection.introspection.table_names())


def test_no_table_holds_a_word_that_was_told_before_or_after_it_is_mailed(told, outbox):
    before = everything()
    mail.send_due()

    assert [word for word in TYPED if word in before + everything()] == []
    assert (told.phone, told.topics, told.note) == ("+447700900123", "zebra and wombat", "quokka")


def test_keys_can_be_changed_for_what_was_told(told, settings):
    settings.FIELD_KEYS = [f"new:{Fernet.generate_key().decode()}", *settings.FIELD_KEYS]
    encryption.keys.cache_clear()
    try:
        call_command("rotate_field_keys", verbosity=0)
        settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
        encryption.keys.cache_clear()

        found = Conversation.objects.get(pk=told.pk)
        assert (found.phone, found.note, found.series.video_link) == (
            "+447700900123",
            "quokka",
            "https://zoom.example/secretlink",
        )
        assert PassedOn.objects.get().details == {"to_whom": "okapi", "told": "capybara"}
    finally:
        encryption.keys.cache_clear()


def test_number_and_topics_go_thirty_days_after_and_say_so(told, early):
    end = told.slot.ends_at
    early.move_to(end + timedelta(days=30))
    assert confidential.forget_told() == (0, 0)
    early.move_to(end + timedelta(days=30, seconds=1))

    assert confidential.forget_told() == (1, 1)

    told.refresh_from_db()
    assert (told.phone, told.topics, told.access_needs, told.note) == (None, None, None, "quokka")
    assert told.removed_at == end + timedelta(days=30, seconds=1)


def test_days_until_removal_are_a_setting_of_the_series(told, early):
    type(told.series).objects.filter(pk=told.series.pk).update(forget_after_days=2)
    early.move_to(told.slot.ends_at + timedelta(days=2, seconds=1))

    assert confidential.forget_told() == (1, 1)


def test_series_that_keeps_longer_does_not_keep_what_was_told_before(told, early):
    type(told.series).objects.filter(pk=told.series.pk).update(forget_after_days=365)
    told.series.refresh_from_db()
    early.move_to(told.slot.ends_at + timedelta(days=30, seconds=1))

    assert told.forgotten_on == told.slot.ends_at.date() + timedelta(days=30)
    assert confidential.forget_told() == (1, 1)


def test_what_was_told_for_a_cancelled_conversation_goes_thirty_days_after_cancelling(
    series, early
):
    conversation = booking.cancel(book(slot_of(series, KICK_OFF + timedelta(days=90))), "person")
    early.shift(timedelta(days=30, seconds=1))

    confidential.forget_told()

    conversation.refresh_from_db()
    assert (conversation.phone, conversation.topics) == (None, None)


def test_notes_and_what_was_passed_on_go_when_the_call_is_finished(told, early):
    assert confidential.forget_notes() == (0, 0)
    call = told.series.call
    call.finished_at = clock.now()
    call.save()

    assert confidential.forget_notes() == (1, 1)

    told.refresh_from_db()
    assert (told.note, told.note_removed_at) == (None, clock.now())
    assert PassedOn.objects.get().details is None
    told.series.refresh_from_db()
    with pytest.raises(RuleError, match="finished"):
        host_notes.keep_note(told, "again")


def test_person_removes_what_they_told_earlier(told, client):
    client.force_login(told.person)
    address = reverse("forget_booking", args=[told.pk])
    asked = client.get(address).content.decode()
    assert "cannot be undone" in asked

    client.post(address)

    told.refresh_from_db()
    assert (told.phone, told.topics, told.access_needs) == (None, None, None)
    assert "were removed on" in client.get(told.get_absolute_url()).content.decode()


def test_whoever_removes_what_they_told_has_a_receipt_that_says_nothing_of_it(told, outbox):
    confidential.forget_now(told)
    confidential.forget_now(told)

    mail.send_due()

    (receipt,) = [row for row in outbox if row.subject == "We have removed what you asked us to"]
    assert "cannot be undone" in receipt.body
    assert not any(word in receipt.body for word in ("900123", "zebra", "wombat"))


def test_what_is_still_needed_cannot_be_removed_but_changed(series):
    with pytest.raises(RuleError, match="still to come"):
        confidential.forget_now(book(slot_of(series)))


def test_person_reads_in_their_data_what_they_told_and_that_there_is_a_note(told):
    (row,) = my_data(told.person)["conversations"]

    assert (row["number"], row["topics"]) == ("07700 900123", "zebra and wombat")
    assert row["the host has a private note"] is True
    assert "quokka" not in str(my_data(told.person))


# Who sees it


def staff(*, sees):
    person = CoordinatorFactory(name="Jo")
    if sees:
        person.user_permissions.add(Permission.objects.get(codename="view_confidential"))
    client = Client()
    client.force_login(person)
    with_second_factor(client, person)
    return client


def seen_page(told):
    client = Client()
    client.force_login(told.person)
    return client.get(told.get_absolute_url()).content.decode()


def test_coordinator_without_the_permission_sees_nothing_of_it(told):
    client = staff(sees=False)
    pages = [
        reverse("admin:events_conversation_changelist"),
        reverse("admin:events_conversation_change", args=[told.pk]),
        reverse("admin:events_conversationseries_board", args=[told.series.pk]),
        reverse("admin:events_conversationseries_change", args=[told.series.pk]),
        reverse("admin:collective_person_change", args=[told.person.pk]),
        reverse("admin:index"),
        reverse("admin:collective_message_changelist"),
    ]

    whole = "".join(client.get(page).content.decode() for page in pages)

    assert [word for word in TYPED if word in whole] == []
    for name in ("private", "answers"):
        assert (
            client.get(reverse(f"admin:events_conversation_{name}", args=[told.pk])).status_code
            == 403
        )
    assert "Nobody" in seen_page(told)


def test_each_look_is_on_record_on_the_persons_own_page(told):
    client = staff(sees=True)

    page = client.get(reverse("admin:events_conversation_private", args=[told.pk])).content.decode()

    assert [word for word in ("900123", "zebra", "umbrella", "quokka") if word not in page] == []
    assert "by Jo from our team" in seen_page(told)


@pytest.mark.parametrize("method", ["get", "post"])
def test_correcting_the_answers_shows_nothing_without_a_record(series, method):
    conversation = book(slot_of(series))
    client = staff(sees=True)

    page = getattr(client, method)(
        reverse("admin:events_conversation_answers", args=[conversation.pk])
    )

    assert ("zebra" in page.content.decode()) == (method == "get")
    assert confidential.seen_by(conversation).count() == (method == "get")


@pytest.mark.parametrize(
    "query",
    [
        "phone__isnull=True",
        "topics__contains=z",
        "note=x",
        "slot__conversations__topics__contains=z",
    ],
)
def test_nobody_finds_out_by_filtering(told, query):
    answer = staff(sees=False).get(f"{reverse('admin:events_conversation_changelist')}?{query}")

    assert answer.status_code in {302, 400}


def test_group_for_it_exists_and_no_other_group_may_look():
    may = Group.objects.filter(permissions__codename="view_confidential")

    assert list(may.values_list("name", flat=True)) == ["Who sees what is told in confidence"]


def test_link_from_a_mail_shows_nothing_that_was_told(told):
    address = f"{told.get_absolute_url()}?key={key_for('booking', told.pk)}"

    page = Client().get(address).content.decode()

    assert [word for word in TYPED if word in page] == []


def test_link_from_a_mail_opens_only_its_own_booking_and_only_for_thirty_days(series, early):
    one, other = (book(slot) for slot in slots_of(series, 2))
    key = key_for("booking", one.pk)
    client = Client()
    first = client.get(f"{one.get_absolute_url()}?key={key}").status_code
    second = client.get(f"{other.get_absolute_url()}?key={key}").status_code
    early.move_to(KICK_OFF + timedelta(days=31))

    assert (first, second, client.get(f"{one.get_absolute_url()}?key={key}").status_code) == (
        200,
        404,
        404,
    )


def test_form_of_another_person_is_not_filled_with_what_somebody_told(series):
    book(slot_of(series))
    client, other = Client(), PersonFactory()
    client.force_login(other)
    slot = slot_of(series, KICK_OFF + timedelta(days=3))

    page = client.get(reverse("book_conversation", args=[series.slug, slot.pk])).content.decode()

    assert TALK["topics"] not in page


def test_look_at_a_wish_stands_in_the_persons_data(series):
    asked = wishes.ask(series, PersonFactory(), "narwhal")

    staff(sees=False).get(reverse("admin:events_timerequest_change", args=[asked.pk]))

    (row,) = my_data(asked.person)["what our team did"]
    assert (row["who"], row["what"]) == ("Jo", "Looked at what would work")
