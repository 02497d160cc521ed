"""Staff's part: booking for people who rang up, moving, cancelling, deciding, pages for a card."""

from datetime import timedelta

import pytest
from django.urls import reverse

from collective.errors import RuleError
from collective.models import Activity, Message
from events.conversations import booking, outcomes
from events.models import Conversation, ConversationSeries
from payments.models import Payment
from portal.budget import conversations_of
from tests.factories import (
    KICK_OFF,
    ActivityFactory,
    CallFactory,
    FollowFactory,
    PersonFactory,
    PhonePersonFactory,
    SeriesFactory,
    book,
    slot_of,
    slots_of,
)
from tests.joining import join, undo
from tests.signed_in import with_second_factor

pytestmark = pytest.mark.usefixtures("early", "community", "long_sessions")


@pytest.fixture
def series(db):
    return SeriesFactory()


def admin(name, *keys):
    return reverse(f"admin:events_{name}", args=keys)


def text(answer):
    return answer.content.decode()


def answers(slot):
    return {
        "slot_key": str(slot.pk),
        "how": "phone",
        "who_rings": "host",
        "phone": "07700 900123",
        "topics": "zebra",
        "capacity": "personal",
    }


def test_coordinator_books_for_somebody_on_the_phone_and_no_task_is_left(
    client, coordinator, series
):
    olive, slot = PhonePersonFactory(name="Olive"), slot_of(series)
    found = text(client.post(admin("conversationseries_book", series.pk), {"q": "Olive"}))
    page = admin("conversationseries_book_person", series.pk, olive.pk)
    assert page in found

    client.post(page, {**answers(slot), "told": "on"})

    assert Conversation.objects.get().person == olive
    assert list(Message.objects.filter(person=olive).values_list("state", flat=True)) == ["sent"]


def test_coordinator_may_book_at_short_notice_but_no_second_one(client, coordinator, series):
    person, soon = (
        PersonFactory(),
        slot_of(series, KICK_OFF - timedelta(days=28) + timedelta(hours=2)),
    )
    page = admin("conversationseries_book_person", series.pk, person.pk)
    client.post(page, answers(soon))

    refused = text(client.post(page, answers(slot_of(series))))

    assert f"{person} has a conversation booked already." in refused
    assert Conversation.objects.count() == 1


def test_coordinator_moves_and_cancels_and_both_are_told(client, coordinator, series):
    old, new = slots_of(series, 2)
    conversation = book(old)

    client.post(admin("conversation_move", conversation.pk), {"slot_key": str(new.pk)})
    client.post(admin("conversation_act", conversation.pk, "cancel"))

    conversation.refresh_from_db()
    assert (conversation.slot, conversation.state, conversation.ended_because) == (
        new,
        "cancelled",
        "staff",
    )
    assert Message.objects.filter(person=series.host, kind="host_news").count() == 3


def test_coordinator_decides_on_the_payment_of_one_that_failed(client, coordinator, series, early):
    conversation = book(slot_of(series))
    early.move_to(KICK_OFF + timedelta(hours=1))
    with_second_factor(client, coordinator)
    client.post(admin("conversation_act", conversation.pk, "failed"))
    assert "Not held: is it paid all the same?" in text(
        client.get(admin("conversationseries_board", series.pk))
    )
    assert "not held: is it paid?" in text(client.get("/admin/"))

    client.post(admin("conversation_act", conversation.pk, "pay"))

    assert Payment.objects.get().confirmed_by == coordinator


def test_today_names_what_to_note_and_wishes_without_what_was_told(
    client, coordinator, series, early
):
    book(slot_of(series))
    series.time_requests.create(person=PersonFactory(name="Amina"), wish="narwhal")
    early.move_to(KICK_OFF + timedelta(hours=1))
    with_second_factor(client, coordinator)

    today = text(client.get("/admin/"))

    assert "what became of it?" in today and "Amina" in today
    assert "narwhal" not in today and "zebra" not in today


def test_coordinator_answers_a_wish(client, coordinator, series):
    slot, asked = (
        slot_of(series),
        series.time_requests.create(person=PersonFactory(), wish="Sundays"),
    )

    client.post(admin("timerequest_offer", asked.pk), {"slot": str(slot.pk)})

    assert list(series.slots.kept_for(asked.person)) == [slot]


def test_board_counts_who_asks_for_an_interpreter_and_names_nobody(client, coordinator, series):
    book(
        slot_of(series),
        PersonFactory(name="Amina"),
        access_needs={"choices": ["interpreter"], "notes": ""},
    )

    assert "1 to come asks for an interpreter" in text(
        client.get(admin("conversationseries_board", series.pk))
    )


def test_plain_card_gets_pages_and_keeps_its_followers(client, coordinator):
    call = CallFactory(lead=PersonFactory(name="Richard"))
    card = ActivityFactory(
        call=call, kind=Activity.Kind.CONVERSATION, state="open", how_to_take_part="Ring us."
    )
    FollowFactory(activity=card)

    client.post(admin("conversationseries_from_card"), {"card": str(card.pk)})

    series = ConversationSeries.objects.get()
    assert (series.pk, series.slug, series.host, series.how_to_take_part) == (
        card.pk,
        card.slug,
        call.lead,
        "",
    )
    assert series.follows.count() == 1
    assert client.get(series.get_absolute_url()).status_code == 200


def test_card_without_a_lead_of_its_call_stays_a_card(client, coordinator):
    card = ActivityFactory(kind=Activity.Kind.CONVERSATION)

    client.post(admin("conversationseries_from_card"), {"card": str(card.pk)})

    assert not ConversationSeries.objects.exists()


def test_series_is_cancelled_with_a_reason_and_leaves_nothing_open(client, coordinator, series):
    first, second = slots_of(series, 2)
    conversation = book(first)
    kept = booking.cancel(book(second), "host", reason="Ill.").person
    series.time_requests.create(person=PersonFactory(), wish="x")

    client.post(admin("conversationseries_cancel", series.pk), {"reason": "No money."})

    conversation.refresh_from_db()
    assert (conversation.state, conversation.ended_reason) == ("cancelled", "No money.")
    assert not series.time_requests.open().exists()
    assert not series.slots.kept_for(kept).exists()


def test_host_stays_once_times_were_opened(client, coordinator, series):
    slot_of(series)
    page = admin("conversationseries_change", series.pk)

    assert 'name="host"' not in text(client.get(page))


def test_fee_that_was_typed_in_pounds_is_refused(client, coordinator):
    call = CallFactory()
    fields = {
        "call": call.pk,
        "host": PersonFactory().pk,
        "title": "x",
        "slug": "x",
        "neutral_name": "x",
        "summary": "x",
        "fee_pence": "25",
        "each_upcoming": "1",
        "forget_after_days": "30",
        "position": "1",
        "opens_at_0": "",
        "opens_at_1": "",
    }

    refused = text(client.post(admin("conversationseries_add"), fields))
    client.post(admin("conversationseries_add"), {**fields, "fee_pence": "2500"})

    assert "For £25 write 2500." in refused
    assert ConversationSeries.objects.get().kind == "conversation"


def test_budget_says_what_conversations_have_earned_and_what_is_to_come(series, early):
    first, second, third = slots_of(series, 3)
    held = book(first)
    book(second)
    book(third, capacity="paid_role")
    early.move_to(first.ends_at)
    outcomes.mark(held, "held", series.host)

    assert conversations_of(series.call) == {
        "earned": 2500,
        "earned_number": 1,
        "to_come": 2500,
        "to_come_number": 1,
    }


# Two records of one person


def test_joining_two_records_moves_conversations_wishes_and_kept_times(series):
    first, second, third = slots_of(series, 3)
    kept, gone = PersonFactory(), PersonFactory()
    mine, theirs = book(first, kept), book(second, gone)
    asked = series.time_requests.create(person=gone, wish="x")
    type(third).objects.filter(pk=third.pk).update(kept_for=gone, kept_until=KICK_OFF)

    row = join(kept, gone)

    assert set(Conversation.objects.filter(person=kept)) == {mine, theirs}
    assert sorted(Conversation.objects.values_list("turn", flat=True)) == [1, 2]
    asked.refresh_from_db()
    assert (asked.person, list(series.slots.kept_for(kept))) == (kept, [third])
    undo(row)
    theirs.refresh_from_db()
    assert (theirs.person, list(series.slots.kept_for(gone))) == (gone, [third])


def test_host_is_not_joined_into_another_record(series):
    with pytest.raises(RuleError, match="holds conversations"):
        join(PersonFactory(), series.host)
    conversation = book(slot_of(series))
    with pytest.raises(RuleError, match="two people"):
        join(series.host, conversation.person)
