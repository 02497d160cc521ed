"""From "took part" to "arrived" in a browser: a payment that fails, is mended by its person, and is
sent.
"""

import pytest
from django.db import transaction
from django.urls import reverse

from events.models import Registration
from payments.models import Payment, PayoutAccount
from payments.owing import approvals, offering
from payments.sending import payouts, webhooks
from tests.factories import (
    CoordinatorFactory,
    FinanceFactory,
    PersonFactory,
    coming_session,
    sign_up,
)
from tests.journeys.browsers import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sweep():
    payouts.begin_all()
    payouts.send_all()
    webhooks.handle_all()


def go(page, name):
    with page.expect_navigation():
        page.get_by_role("link", name=name).first.click()


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def fill_in_stripe_s_form(page, number):
    press(page, "Go on to Stripe")
    page.wait_for_load_state()
    page.get_by_label("Account number").fill(number)
    press(page, "Save")
    page.wait_for_load_state()
    press(page, "Yes, that is right")


def test_payment_from_taking_part_to_arriving_with_a_mistake_mended(
    site, new_context, stripe, settings
):
    settings.SITE_URL = site
    sam = PersonFactory(name="Sam")
    registration = sign_up(coming_session(), sam)
    Registration.objects.filter(pk=registration.pk).update(state="attended")
    registration.refresh_from_db()
    registration.confirmed_by = CoordinatorFactory()
    registration.save()
    with transaction.atomic():
        offering.settle(registration)
    page = sign_in(new_context(), site, sam).new_page()

    page.goto(f"{site}{reverse('payments')}")
    go(page, registration.session.title)
    go(page, "Choose")
    page.get_by_label("Pay me £75").check()
    press(page, "Save my choice")
    go(page, "Say where it should go")
    fill_in_stripe_s_form(page, "12340001")
    approve()
    sweep()
    page.goto(f"{site}{Payment.objects.get().get_absolute_url()}")
    failed = page.locator("main").inner_text()
    go(page, "Put it right")
    fill_in_stripe_s_form(page, "12345678")
    PayoutAccount.objects.update(wait_until=None)  # three days later
    sweep()
    page.reload()
    page.goto(f"{site}{Payment.objects.get().get_absolute_url()}")
    press(page, "I got it")

    assert "The bank does not find this account" in failed
    assert "Arrived" in page.locator(".timeline").inner_text()
    assert [row["status"] for row in stripe.payments] == ["failed", "posted"]


def approve():
    payment = Payment.objects.get()
    approvals.approve(payment.pk, FinanceFactory(), seen=approvals.versions([payment])[payment.pk])
