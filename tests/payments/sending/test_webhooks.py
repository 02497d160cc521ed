"""R8: events repeated, shuffled and delayed have their effects once; nothing forged is accepted."""

import json
import random
import time
from datetime import timedelta

import pytest
from django.urls import reverse

from payments.models import Payment, PaymentEvent, PaymentRules, StripeEvent
from payments.sending import gateway, payouts, stops, webhooks
from tests.factories import approved

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late", "community")]


def post(client, body, signature):
    address = reverse("stripe_webhook")
    answer = client.post(
        address, body, content_type="application/json", headers={"Stripe-Signature": signature}
    )
    return answer.status_code


def sent_and_on_its_way(stripe):
    """A payment that Stripe has taken on, and that has left us since."""
    stripe.state.posts_after = timedelta(hours=1)
    payment = approved(stripe)
    payouts.begin_all()
    payouts.send_all()
    stripe.state.posts_after = timedelta(0)
    return payment


def event_of(stripe, payment):
    return stripe.payment_event(
        next(row for row in stripe.payments if row["description"] == payment.reference)
    )


def test_event_makes_us_look_and_the_payment_is_sent(stripe, client):
    payment = sent_and_on_its_way(stripe)
    body = event_of(stripe, payment)

    answer = post(client, body, stripe.sign(body))
    webhooks.handle_all()
    payment.refresh_from_db()

    assert (answer, payment.state) == (200, Payment.State.SENT)


@pytest.mark.parametrize(
    "forge",
    [
        lambda fake, body: (body, fake.sign(body, secret="whsec_other")),
        lambda fake, body: (body, fake.sign(body, at=time.time() - 301)),
        lambda fake, body: (body.replace(b"obp_", b"xbp_"), fake.sign(body)),
        lambda fake, body: (body, ""),
        lambda fake, body: (body, "t=1,v1=é"),
        lambda fake, body: (b"not json", fake.sign(b"not json")),
        lambda fake, body: (b"{}", fake.sign(b"{}")),
        lambda fake, body: (b"[]", fake.sign(b"[]")),
        lambda fake, body: (b" " * 70_000, fake.sign(b" " * 70_000)),
    ],
)
def test_what_stripe_did_not_sign_just_now_is_refused(stripe, client, forge):
    body = stripe.event("v2.money_management.outbound_payment.posted", "obp_1", "/v2/x")

    answer = post(client, *forge(stripe, body))

    assert (answer, StripeEvent.objects.count()) == (400, 0)


def test_door_answers_nothing_but_post(stripe, client):
    assert client.get(reverse("stripe_webhook")).status_code == 405


def test_event_about_what_is_not_ours_is_money_that_we_do_not_know(stripe, client):
    payment = sent_and_on_its_way(stripe)
    row = next(iter(stripe.state.data["payments"].values()))
    row["metadata"] = {}
    body = event_of(stripe, payment)

    post(client, body, stripe.sign(body))
    webhooks.handle_all()

    assert stops.stopped_because().startswith("Money that we do not know")


def test_event_while_stripe_cannot_be_reached_is_looked_at_later(stripe, client, settings, late):
    payment = sent_and_on_its_way(stripe)
    body = event_of(stripe, payment)
    post(client, body, stripe.sign(body))
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    gateway.client.cache_clear()
    webhooks.handle_all()
    settings.STRIPE_API_BASE = stripe.address
    gateway.client.cache_clear()
    late.shift(timedelta(minutes=2))

    webhooks.handle_all()
    payment.refresh_from_db()

    assert payment.state == Payment.State.SENT


@pytest.mark.thorough
def test_a_thousand_events_repeated_shuffled_and_forged_have_their_effects_once(stripe, client):
    chance = random.Random(8)
    stripe.state.posts_after = timedelta(hours=1)
    PaymentRules.note(most_per_day_pence=1_000_000)
    payments = [approved(stripe) for _ in range(100)]
    payouts.begin_all()
    payouts.send_all()
    stripe.state.posts_after = timedelta(0)
    genuine = [body for payment in payments for body in [event_of(stripe, payment)] * 8]
    requests = [(body, stripe.sign(body), 200) for body in genuine]
    requests += [(body, stripe.sign(body, secret="whsec_forged"), 400) for body in genuine[:200]]
    chance.shuffle(requests)

    answers = []
    for number, (body, signature, _) in enumerate(requests):
        answers.append(post(client, body, signature))
        if number % 97 == 0:
            webhooks.handle_all()
    webhooks.handle_all()
    webhooks.handle_all()

    assert answers == [expected for _, _, expected in requests]
    assert StripeEvent.objects.count() == len({json.loads(body)["id"] for body in genuine})
    assert PaymentEvent.objects.filter(what=PaymentEvent.What.SENT).count() == 100
    assert not StripeEvent.objects.filter(handled_at=None).exists()
