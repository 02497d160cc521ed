"""Where a person's money goes: set up on Stripe's own form, changed, removed, or paid by hand.

Stripe is asked outside any transaction. A changed destination waits three days, and the person is
told at every address that they had lately: whoever took over an account must not get the money at
once.
"""

import hashlib
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Message, Person
from payments.models import Payment, PayoutAccount
from payments.models.payment_states import State
from payments.sending import gateway

WAIT_AFTER_CHANGE = timedelta(hours=72)
OLD_ADDRESS_COUNTS = timedelta(days=30)
CHECK_AGAIN = timedelta(minutes=1)
KEEP_CHECKING = timedelta(days=2)
NOT_NOW = "We cannot reach Stripe just now. Nothing is lost. Please try again in a few minutes."
NOT_ACCEPTED = (
    "Stripe did not accept what we know of you: perhaps your email address. Please call us."
)
Ac = PayoutAccount.State


def of(person: Person) -> PayoutAccount | None:
    return PayoutAccount.objects.filter(person=person).first()


def form_address(person: Person, *, return_url, refresh_url):
    """The address of Stripe's form for this person; a recipient is made at the first time.

    Raises RuleError.
    """
    if not gateway.is_on():
        raise RuleError("Payments to a bank account are not set up here yet. Please call us.")
    account = _for_stripe(person)
    try:
        if account.stripe_account is None:
            made = gateway.create_recipient(
                f"recipient-{account.pk}", person.name, person.mail_address
            )
            PayoutAccount.objects.filter(pk=account.pk, stripe_account=None).update(
                stripe_account=made
            )
            account.stripe_account = made
        update = bool(account.payout_method)
        return gateway.form_address(
            account.stripe_account, update=update, return_url=return_url, refresh_url=refresh_url
        )
    except gateway.NotAccepted as error:
        raise RuleError(NOT_ACCEPTED) from error
    except gateway.NotReached as error:
        raise RuleError(NOT_NOW) from error


@transaction.atomic
def _for_stripe(person: Person) -> PayoutAccount:
    """Their row, waiting for what Stripe's form brings.

    One that is paid by hand stays so until that is there.
    """
    account, _ = PayoutAccount.objects.select_for_update(no_key=True).get_or_create(person=person)
    account.checked_at, account.asked_at = None, clock.now()
    if account.state == Ac.REMOVED:
        account.state, account.method = Ac.STARTED, Payment.Method.STRIPE
    account.save()
    return account


def read(account_id) -> bool:
    """Ask Stripe where this person's money goes now, and keep it; returns whether it is ready.

    Raises NotReached.
    """
    account = PayoutAccount.objects.get(pk=account_id)
    if account.stripe_account is None or account.state == Ac.REMOVED:
        return False
    return keep(account_id, gateway.destination(account.stripe_account))


@transaction.atomic
def keep(account_id, found) -> bool:
    """Write what Stripe holds, once: a new destination is told, and what had failed goes out
    again.
    """
    person_id = PayoutAccount.objects.values_list("person", flat=True).get(pk=account_id)
    waiting = _lock_waiting(person_id)
    account = PayoutAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    account.checked_at = clock.now()
    if account.state == Ac.REMOVED:
        return False
    asked_since = account.asked_at is not None and account.asked_at >= account.changed_at
    is_other_way = account.method != Payment.Method.STRIPE or account.state != Ac.READY
    if found.is_ready and (
        found.payout_method != account.payout_method or (asked_since and is_other_way)
    ):
        _take_over(account, found)
    elif not found.is_ready and account.is_ready and account.method == Payment.Method.STRIPE:
        account.state = Ac.TO_MEND
    account.save()
    _follow(waiting, account)
    return account.is_ready


def _take_over(account: PayoutAccount, found) -> None:
    account.payout_method, account.bank_name = found.payout_method, found.bank_name[:100]
    account.last_four, account.method, account.state = (
        found.last_four,
        Payment.Method.STRIPE,
        Ac.READY,
    )
    _changed(account)


def _changed(account: PayoutAccount) -> None:
    """A destination that replaces another waits; the person hears of it wherever we could write to
    them lately.
    """
    account.changed_at = clock.now()
    if account.was_ready:
        account.wait_until = clock.now() + WAIT_AFTER_CHANGE
        revision = account.changed_at.isoformat()
        mail.tell(account.person, "payout_changed", account, revision=revision)
        for address in _old_addresses(account.person):
            told = f"{revision[:19]}@{hashlib.sha256(address.encode()).hexdigest()[:16]}"
            mail.tell(None, "payout_changed", account, address=address, revision=told)
    account.was_ready = True


def _old_addresses(person: Person):
    told = Message.objects.filter(
        kind="address_changed", about=person.pk, created_at__gt=clock.now() - OLD_ADDRESS_COUNTS
    )
    return set(told.values_list("address", flat=True)) - {"", person.mail_address}


def _lock_waiting(person_id: UUID) -> list[Payment]:
    """Their payments that were approved and did not go out yet, locked before the account as
    everywhere.
    """
    waiting = Payment.objects.filter(
        person=person_id, state__in=[State.APPROVED, State.FAILED]
    ).order_by("pk")
    return list(waiting.select_for_update(no_key=True, of=("self",)))


def _follow(payments: list[Payment], account: PayoutAccount) -> None:
    """What two people had approved goes the way that stands now; what had failed goes out again
    without asking them anew, if its way is another one, or was mended.
    """
    for payment in payments if account.is_ready else []:
        was, payment.method = (payment.state, payment.method), account.method
        if payment.state == State.FAILED:
            payment.state, payment.problem = State.APPROVED, ""
        if was != (payment.state, payment.method):
            payment.save()
            payment.note("came_back", account.person, mended=True)


@transaction.atomic
def choose_by_hand(
    person: Person, method, by: Person, *, voucher: str = "", deliver: str = ""
) -> PayoutAccount:
    """No bank account, or no wish to use the form: a voucher, cash, or the host's finance
    office.
    """
    if method not in Payment.BY_HAND:
        raise RuleError("Choose how you would like it.")
    if method == Payment.Method.VOUCHER and not (voucher.strip() and deliver):
        raise RuleError("Say which voucher you would like, and how it should come to you.")
    waiting = _lock_waiting(person.pk)
    account, _ = PayoutAccount.objects.select_for_update(no_key=True).get_or_create(person=person)
    account.method, account.state = method, Ac.READY
    account.voucher = voucher.strip() if method == Payment.Method.VOUCHER else ""
    account.deliver = deliver if method == Payment.Method.VOUCHER else ""
    _changed(account)
    account.save()
    _follow(waiting, account)
    return account


def remove(person: Person) -> None:
    """Forget where their money goes; nothing more is sent there.

    Raises RuleError where Stripe cannot be reached.
    """
    account = of(person)
    if account is None:
        return
    if account.stripe_account and gateway.is_on():
        try:
            gateway.forget(account.stripe_account)
        except gateway.NotReached as error:
            raise RuleError(NOT_NOW) from error
    PayoutAccount.objects.filter(pk=account.pk).update(
        state=Ac.REMOVED,
        payout_method="",
        bank_name="",
        last_four="",
        voucher="",
        deliver="",
        changed_at=clock.now(),
        asked_at=None,
    )


@transaction.atomic
def hand_over(account: PayoutAccount, person: Person) -> None:
    """Two records are joined: the destination of the one becomes the other's, waits, and is
    told.
    """
    account.person = person
    account.was_ready = True
    _changed(account)
    account.save()


def read_all():
    """The sweep: whoever went to Stripe's form lately may have come back; returns (seen, done)."""
    if not gateway.is_on():
        return 0, 0
    now = clock.now()
    asked = PayoutAccount.objects.filter(
        asked_at__gt=now - KEEP_CHECKING, stripe_account__isnull=False
    )
    asked = (
        asked.exclude(state=Ac.REMOVED)
        .exclude(checked_at__gt=now - CHECK_AGAIN)
        .order_by("asked_at")
    )
    return sweeps.each(
        [(key,) for key in asked.values_list("pk", flat=True)[:100]], _read_if_reached, longest=20
    )


def _read_if_reached(account_id) -> bool:
    """Stripe that cannot be reached is no fault of ours: the next sweep asks again."""
    try:
        return read(account_id)
    except gateway.NotReached:
        PayoutAccount.objects.filter(pk=account_id).update(checked_at=clock.now())
        return False


def account_of(stripe_account):
    """The key of the account row that has this recipient, or None."""
    return (
        PayoutAccount.objects.filter(stripe_account=stripe_account)
        .values_list("pk", flat=True)
        .first()
    )
