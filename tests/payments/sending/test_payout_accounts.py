"""Where the money goes: set up, changed, mended, removed; and by hand."""

from datetime import timedelta

import pytest
from django.urls import reverse

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Message
from collective.people import email_change
from payments import kinds as mails
from payments.models import Payment, PayoutAccount
from payments.sending import gateway, payout_accounts, payouts, read_accounts, reconciliation
from payments.sending.payout_accounts import ByHand
from tests.factories import (
    PaymentFactory,
    PayoutAccountFactory,
    PersonFactory,
    approved,
    put_at_stripe,
)
from tests.messages import kinds

State, Ac = Payment.State, PayoutAccount.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late", "community")]


def fill_in_form(fake, address, number="12345678"):
    """What a person does on Stripe's form."""
    link = fake.state.data["links"][address.rsplit("/", 1)[1]]
    fake.state.add_bank_account(link["account"], "High Street Bank", number)


def set_up(fake, person, number="12345678"):
    address = payout_accounts.form_address(person, back="http://x/")
    fill_in_form(fake, address, number)
    account = payout_accounts.account_of(person)
    payout_accounts.read(account.pk)
    account.refresh_from_db()
    return account


def test_after_the_form_we_keep_the_bank_and_four_digits(stripe):
    account = set_up(stripe, PersonFactory())

    assert (account.state, account.bank_name, account.last_four) == (
        Ac.READY,
        "High Street Bank",
        "5678",
    )
    assert (account.wait_until, Message.objects.count()) == (None, 0)


def test_button_pressed_twice_makes_one_recipient(stripe):
    person = PersonFactory()
    for _ in range(2):
        payout_accounts.form_address(person, back="http://x/")

    assert len(stripe.state.data["accounts"]) == 1


def test_changed_destination_waits_three_days_and_is_told(stripe, late):
    person = PersonFactory()
    set_up(stripe, person)

    account = set_up(stripe, person, "87654321")

    assert account.wait_until == clock.now() + timedelta(hours=72)
    assert kinds(person)[mails.DESTINATION_CHANGED] == 1


def test_change_is_told_to_the_address_that_was_changed_lately_too(stripe):
    person = PersonFactory(email="old@example.org")
    set_up(stripe, person)
    asked = email_change.ask(person, "new@example.org", "127.0.0.1")
    email_change.change_after_sign_in(asked, asked.code)
    person.refresh_from_db()

    set_up(stripe, person, "87654321")

    told = Message.objects.filter(kind=mails.DESTINATION_CHANGED)
    assert {row.address or row.person.email for row in told} == {
        "old@example.org",
        "new@example.org",
    }


def test_nothing_is_sent_to_a_changed_destination_before_it_has_waited(stripe, late):
    payment = approved(stripe)
    account = payout_accounts.account_of(payment.person)
    stripe.state.add_bank_account(account.stripe_account, "Other Bank", "11112222")
    payout_accounts.read(account.pk)

    payouts.begin_all()
    between = Payment.objects.get().state
    late.shift(timedelta(hours=73))
    payouts.begin_all()

    assert (between, Payment.objects.get().state) == (State.APPROVED, State.SENDING)


def test_payment_that_failed_goes_out_again_once_the_details_are_mended(stripe, late):
    payment = approved(stripe)
    account = payout_accounts.account_of(payment.person)
    put_at_stripe(stripe, account, last_four="0001")
    payouts.begin_all()
    payouts.send_all()
    payment.refresh_from_db()
    failed, told = (payment.state, payment.problem), kinds(payment.person)[mails.FAILED]

    stripe.state.add_bank_account(account.stripe_account, "Right Bank", "11112222")
    payout_accounts.read(account.pk)
    late.shift(timedelta(hours=73))
    payouts.begin_all()
    payouts.send_all()
    payment.refresh_from_db()

    assert (failed, told) == ((State.FAILED, "payout_method_does_not_exist"), 1)
    assert (payment.state, [row["status"] for row in stripe.payments]) == (
        State.SENT,
        ["failed", "posted"],
    )


def test_refused_details_are_told_at_once_and_no_money_moves(stripe):
    payment = approved(stripe)
    put_at_stripe(stripe, payout_accounts.account_of(payment.person), last_four="0003")

    payouts.begin_all()
    payouts.send_all()
    payment.refresh_from_db()

    assert (payment.state, stripe.payments) == (State.FAILED, [])


def test_removed_account_is_forgotten_here_and_closed_at_stripe(stripe, outbox):
    person = PersonFactory()
    account = set_up(stripe, person)

    payout_accounts.remove(person)

    account.refresh_from_db()
    assert (account.state, account.last_four, account.payout_method) == (Ac.REMOVED, "", "")
    assert gateway.destination(account.stripe_account).is_ready is False
    mail.send_due()
    assert kinds(person)[mails.DESTINATION_REMOVED] == 1
    assert "Nothing more is sent there" in outbox[-1].body


def test_voucher_needs_a_shop_and_a_way_to_come():
    with pytest.raises(RuleError, match="which voucher"):
        payout_accounts.choose_by_hand(PersonFactory(), ByHand(Payment.Method.VOUCHER))


def test_changing_to_by_hand_after_a_bank_account_waits_too(stripe):
    person = PersonFactory()
    set_up(stripe, person)

    account = payout_accounts.choose_by_hand(person, ByHand(Payment.Method.CASH))

    assert account.wait_until is not None


def test_without_stripe_it_says_so_and_nothing_is_lost(settings, stripe):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    gateway.client.cache_clear()

    with pytest.raises(RuleError, match="cannot reach Stripe"):
        payout_accounts.form_address(PersonFactory(), back="http://x/")


def test_button_leads_to_stripe_and_the_policy_allows_it(client, member, stripe):
    page = client.get(reverse("payout_account"))
    answer = client.post(reverse("payout_account_start"))

    assert answer.url.startswith(f"{stripe.address}/form/")
    assert "https://*.stripe.com" in page["Content-Security-Policy"]


def test_page_after_the_form_shows_what_stripe_holds_and_changes_nothing(client, member, stripe):
    fill_in_form(
        stripe,
        payout_accounts.form_address(member, back="http://x/"),
    )

    page = client.get(reverse("payout_account_return")).content.decode()

    assert "account ending 5678" in page
    assert payout_accounts.account_of(member).state == Ac.STARTED


def test_page_shows_no_more_than_four_digits(client, member):
    PayoutAccountFactory(person=member, last_four="9876")

    page = client.get(reverse("payout_account")).content.decode()

    assert "account ending 9876" in page


def test_expected_path_of_the_sweep_reads_people_who_came_back(stripe, late):
    person = PersonFactory()
    fill_in_form(
        stripe,
        payout_accounts.form_address(person, back="http://x/"),
    )

    read_accounts.read_all()

    assert payout_accounts.account_of(person).state == Ac.READY


def test_people_paid_by_hand_stay_so_while_the_form_is_not_finished(stripe):
    person = PersonFactory()
    payout_accounts.choose_by_hand(person, ByHand(Payment.Method.CASH))

    payout_accounts.form_address(person, back="http://x/")

    account = payout_accounts.account_of(person)
    assert (account.method, account.state) == (Payment.Method.CASH, Ac.READY)


def test_payment_waits_to_be_set_up_until_there_is_something_to_pay(client, member):
    payment = PaymentFactory(person=member, choice="decline", taken_pence=0, state=State.DECLINED)

    assert "Where should it go?" not in client.get(payment.get_absolute_url()).content.decode()


def test_going_back_to_the_bank_account_from_cash_works(stripe, late):
    person = PersonFactory()
    set_up(stripe, person)
    late.shift(timedelta(days=1))
    payout_accounts.choose_by_hand(person, ByHand(Payment.Method.CASH))
    late.shift(timedelta(days=1))

    payout_accounts.form_address(person, back="http://x/")
    read_accounts.read_all()

    account = payout_accounts.account_of(person)
    assert (account.method, account.state) == (Payment.Method.STRIPE, Ac.READY)


def test_approved_payment_follows_to_the_way_that_stands_now(stripe):
    payment = approved(stripe)

    payout_accounts.choose_by_hand(payment.person, ByHand(Payment.Method.CASH))
    payment.refresh_from_db()

    account = payout_accounts.account_of(payment.person)
    assert (payment.state, payment.method) == (State.APPROVED, Payment.Method.CASH)
    assert account.wait_until > clock.now()


def test_old_failure_does_not_break_details_that_were_mended_since(stripe, late):
    first, account = approved(stripe), None
    account = payout_accounts.account_of(first.person)
    put_at_stripe(stripe, account, last_four="0002")
    stripe.state.ends_after = timedelta(days=5)
    payouts.begin_all()
    payouts.send_all()
    stripe.state.add_bank_account(account.stripe_account, "Right Bank", "11112222")
    payout_accounts.read(account.pk)
    late.shift(timedelta(days=6))

    reconciliation.look_back()

    assert payout_accounts.account_of(first.person).state == Ac.READY
