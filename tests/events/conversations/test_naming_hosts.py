"""Naming somebody host: they are told, nobody names themselves, and nobody is held back by it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission

from collective.errors import RuleError
from collective.messages import mail
from collective.models import Activity, Message
from collective.people import asked_to_forget, forgetting
from events.conversations import series_acts
from events.models import ConversationSeries
from tests.factories import (
    ActivityFactory,
    CallFactory,
    PersonFactory,
    PhonePersonFactory,
    SeriesFactory,
    book,
    slot_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
ADD = "/admin/events/conversationseries/add/"
NAMED = "Ask a colleague to name you as the host."


def form_of(host):
    return {
        "call": CallFactory().pk,
        "host": host.pk,
        "title": "A conversation with Richard",
        "slug": "richard",
        "neutral_name": "x",
        "summary": "x",
        "fee_pence": "2500",
        "each_upcoming": "1",
        "forget_after_days": "30",
        "position": "1",
        "opens_at_0": "",
        "opens_at_1": "",
    }


def test_whoever_is_named_host_is_told_at_their_own_address_how_to_say_no(
    client, coordinator, outbox
):
    host = PersonFactory(reach_by="phone", phone="+442079460199")
    client.post(ADD, form_of(host))
    mail.send_due()

    assert outbox[0].to == [host.email]
    assert "You can say no" in outbox[0].body


def test_host_without_an_address_is_told_by_phone(client, coordinator):
    client.post(ADD, form_of(PhonePersonFactory()))

    assert Message.objects.get().channel == "phone"


def test_coordinator_does_not_name_herself(client, coordinator):
    page = client.post(ADD, form_of(coordinator)).content.decode()

    assert NAMED in page
    assert not ConversationSeries.objects.exists()


def test_coordinator_does_not_put_herself_in_anothers_place(client, coordinator):
    series = SeriesFactory()
    page = f"/admin/events/conversationseries/{series.pk}/change/"

    assert NAMED in client.post(page, form_of(coordinator)).content.decode()


def test_colleague_who_sees_what_is_told_in_confidence_may_hold_conversations(client, coordinator):
    coordinator.user_permissions.add(Permission.objects.get(codename="view_confidential"))

    client.post(ADD, form_of(coordinator))

    assert ConversationSeries.objects.get().host == coordinator
    assert not Message.objects.exists()


def test_new_host_does_not_get_the_link_and_the_number_of_the_one_before(client, coordinator):
    series, host = SeriesFactory(), PersonFactory()

    client.post(f"/admin/events/conversationseries/{series.pk}/change/", form_of(host))

    series.refresh_from_db()
    assert (series.host, series.video_link, series.ring_host_on) == (host, None, None)


def test_lead_of_a_call_does_not_become_host_by_a_card_of_their_own(coordinator):
    card = ActivityFactory(call=CallFactory(lead=coordinator), kind=Activity.Kind.CONVERSATION)

    with pytest.raises(RuleError, match=NAMED):
        series_acts.from_card(card, coordinator)


def test_page_says_who_holds_the_conversations_whatever_the_title_says(client):
    series = SeriesFactory(title="A conversation with Richard", host=PersonFactory(name="Jo"))

    page = " ".join(client.get(series.get_absolute_url()).content.decode().split())

    assert "A conversation with Richard</h1> <p>With <bdi>Jo</bdi></p>" in page


def test_series_without_times_keeps_nobody_from_being_forgotten():
    series = SeriesFactory()

    assert forgetting.in_the_way(series.host) == []
    assert "they end" in forgetting.preview(series.host).ends[0]


def test_series_without_times_ends_with_its_host_who_is_forgotten(early):
    series = SeriesFactory()
    asked_to_forget.ask(series.host)
    early.shift(timedelta(days=7))

    asked_to_forget.carry_out_all()

    series.refresh_from_db()
    assert (series.state, series.cancelled_because) == ("cancelled", "Nobody holds them any more.")


def test_host_whose_conversation_nobody_has_noted_hands_over_first(early):
    talk = book(slot_of(SeriesFactory()))
    early.move_to(talk.slot.ends_at)

    assert len(forgetting.in_the_way(talk.series.host)) == 1
