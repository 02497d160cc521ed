"""Where a person's money goes: set up on Stripe's own form, changed, removed, or paid by hand.

Stripe is asked outside any transaction. A changed destination waits three days, and the person is
told at every address that they had lately: whoever took over an account must not get the money at
once.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from collective.messages import every_way, mail
from collective.models import Message, Person
from collective.people import standing
from payments import kinds
from payments.models import Payment, PayoutAccount
from payments.models.payment import ON_THEIR_OWN_PAGE
from payments.models.payment_event import What
from payments.models.payment_states import State
from payments.sending import gateway
from payments.sending.stripe_says import Destination

WAIT_AFTER_CHANGE = timedelta(hours=72)
OLD_ADDRESS_COUNTS = timedelta(days=30)
NOT_NOW = "We cannot reach Stripe just now. Nothing is lost. Please try again in a few minutes."
NOT_ACCEPTED = (
    "Stripe did not accept what we know of you: perhaps your email address. Please call us."
)
CHANGED = "Where your money goes has been changed just now. Look at it once more."
Ac = PayoutAccount.State
NOTHING_KNOWN: dict[str, Any] = {
    "payout_method": "",
    "bank_name": "",
    "last_four": "",
    "voucher": "",
    "deliver": "",
    "asked_at": None,
}


@dataclass(frozen=True)
class ByHand:
    """How somebody would like to be paid without a bank account."""

    method: str
    voucher: str = ""  # for which shop, and how it comes; only for a voucher
    deliver: str = ""


def account_of(person: Person) -> PayoutAccount | None:
    return PayoutAccount.objects.filter(person=person).first()


def form_address(person: Person, back: str) -> str:
    """The address of Stripe's form for this person, from which they come `back`.

    A recipient is made at the first time. Raises RuleError.
    """
    if not gateway.is_on():
        raise RuleError("Payments to a bank account are not set up here yet. Please call us.")
    account = _for_stripe(person)
    try:
        recipient = account.stripe_account or _make_recipient(account)
        return gateway.form_address(recipient, back, update=bool(account.payout_method))
    except gateway.NotAccepted as error:
        raise RuleError(NOT_ACCEPTED) from error
    except gateway.NotReached as error:
        raise RuleError(NOT_NOW) from error


@transaction.atomic
def _for_stripe(person: Person) -> PayoutAccount:
    """Their row, waiting for what Stripe's form brings.

    One that is paid by hand stays so until that is there.
    """
    person = standing.record_of(person.pk)
    account, _ = PayoutAccount.objects.select_for_update(no_key=True).get_or_create(person=person)
    account.checked_at, account.asked_at = None, clock.now()
    if account.state == Ac.REMOVED:
        account.state, account.method = Ac.STARTED, Payment.Method.STRIPE
    account.save()
    return account


def _make_recipient(account: PayoutAccount) -> str:
    person = account.person
    made = gateway.create_recipient(f"recipient-{account.pk}", person.name, person.mail_address)
    PayoutAccount.objects.filter(pk=account.pk, stripe_account=None).update(stripe_account=made)
    return made


def read(account_id: UUID) -> bool:
    """Ask Stripe where this person's money goes now, and note it; returns whether it is ready.

    Raises NotReached.
    """
    account = PayoutAccount.objects.get(pk=account_id)
    if account.stripe_account is None or account.state == Ac.REMOVED:
        return False
    return note_destination(account_id, gateway.destination(account.stripe_account))


@transaction.atomic
def note_destination(account_id: UUID, found: Destination) -> bool:
    """Write what Stripe holds, once; returns whether it is ready.

    A new destination is told, and what had failed goes out again.
    """
    waiting, account = _lock_with_waiting(account_id)
    account.checked_at = clock.now()
    if account.state == Ac.REMOVED:
        return False
    if not found.is_ready:
        if account.is_ready and account.method == Payment.Method.STRIPE:
            account.state = Ac.TO_MEND
    elif _is_new(account, found):
        _take_over(account, found)
    account.save()
    _send_where_it_goes_now(waiting, account, account.person)
    return account.is_ready


def _lock_with_waiting(account_id: UUID) -> tuple[list[Payment], PayoutAccount]:
    person_id = PayoutAccount.objects.values_list("person", flat=True).get(pk=account_id)
    waiting = _lock_waiting(person_id)
    account = PayoutAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    if account.person_id != person_id:
        raise gateway.NotReached("Joined with another record meanwhile: ask again")
    return waiting, account


def _is_new(account: PayoutAccount, found: Destination) -> bool:
    """Another destination, or the same one, for which they went to Stripe's form anew."""
    asked_since = account.asked_at is not None and account.asked_at >= account.changed_at
    is_other_way = account.method != Payment.Method.STRIPE or account.state != Ac.READY
    return found.payout_method != account.payout_method or (asked_since and is_other_way)


def _take_over(account: PayoutAccount, found: Destination) -> None:
    account.payout_method, account.bank_name = found.payout_method, found.bank_name[:100]
    account.last_four = found.last_four
    account.method, account.state = Payment.Method.STRIPE, Ac.READY
    _tell_change(account, account.person)


def _tell_change(account: PayoutAccount, by: Person) -> None:
    """A destination that replaces another waits.

    The person hears of it wherever we could write to them lately; and by every way that they have,
    also of the first one, where a colleague noted it.
    """
    account.changed_at, account.changed_by = clock.now(), by
    kind, revision = kinds.DESTINATION_CHANGED, account.changed_at.isoformat()
    if account.was_ready:
        account.wait_until = clock.now() + WAIT_AFTER_CHANGE
    if account.set_by_staff:
        every_way.tell(account.person, kind, account, revision)
    elif account.was_ready:
        mail.tell(account.person, kind, account, revision=revision)
    if account.was_ready:
        for address in _old_addresses(account.person):
            told = f"{revision[:19]}@{mail.sign_of(address, 16)}"
            mail.tell(None, kind, account, address=address, revision=told)
    account.was_ready = True


def _old_addresses(person: Person) -> set[str]:
    since = clock.now() - OLD_ADDRESS_COUNTS
    told = Message.objects.filter(kind="address_changed", about=person.pk, created_at__gt=since)
    return set(told.values_list("address", flat=True)) - {"", person.mail_address}


def _lock_waiting(person_id: UUID) -> list[Payment]:
    """Their payments that were approved and did not go out yet, locked: before the account."""
    mine = Payment.objects.filter(person=person_id, state__in=[State.APPROVED, State.FAILED])
    return list(mine.order_by("pk").select_for_update(no_key=True, of=("self",)))


def _send_where_it_goes_now(payments: list[Payment], account: PayoutAccount, by: Person) -> None:
    """What two people had approved goes the way that was chosen now.

    What had failed goes out again without asking them anew, if its way is another one, or was
    mended.
    """
    for payment in payments if account.is_ready else []:
        has_failed, is_other_way = payment.state == State.FAILED, payment.method != account.method
        payment.method = account.method
        if has_failed:
            payment.problem = ""
        if has_failed or is_other_way:
            payment.step(State.APPROVED, What.CAME_BACK, by, mended=True)


@transaction.atomic
def choose_by_hand(person: Person, wish: ByHand, by: Person | None = None) -> PayoutAccount:
    """No bank account, or no wish to use the form: a voucher, cash, or the finance office.

    `by` is who of our team notes it, on the phone. Raises RuleError where a colleague notes it for
    somebody who chooses on their own page.
    """
    wish, person = _checked(wish), standing.record_of(person.pk)
    if by and by.pk != person.pk and person.email:
        raise RuleError(ON_THEIR_OWN_PAGE)
    account, _ = note_by_hand(person, wish, by or person)
    return account


def note_by_hand(person: Person, wish: ByHand, by: Person) -> tuple[PayoutAccount, list[Payment]]:
    """Note it, tell the person, and turn what waits that way; returns the row and what waited.

    The caller holds the person, and knows that `by` may note it.
    """
    waiting = _lock_waiting(person.pk)
    account, _ = PayoutAccount.objects.select_for_update(no_key=True).get_or_create(person=person)
    account.method, account.state = wish.method, Ac.READY
    account.voucher, account.deliver = wish.voucher, wish.deliver
    _tell_change(account, by)
    account.save()
    _send_where_it_goes_now(waiting, account, by)
    return account, waiting


def _checked(wish: ByHand) -> ByHand:
    """The wish, with a voucher only where it is one. Raises RuleError where something lacks."""
    if wish.method not in Payment.BY_HAND:
        raise RuleError("Choose how you would like it.")
    if wish.method != Payment.Method.VOUCHER:
        return ByHand(wish.method)
    if not (wish.voucher.strip() and wish.deliver):
        raise RuleError("Say which voucher you would like, and how it should come to you.")
    return ByHand(wish.method, wish.voucher.strip(), wish.deliver)


def remove(person: Person) -> None:
    """Forget where their money goes; nothing more is sent there.

    Raises RuleError where Stripe cannot be reached, or where it was changed meanwhile.
    """
    account = account_of(person)
    if account is None:
        return
    if account.stripe_account and gateway.is_on():
        try:
            gateway.forget(account.stripe_account)
        except gateway.NotReached as error:
            raise RuleError(NOT_NOW) from error
    _remove(account)


@transaction.atomic
def _remove(seen: PayoutAccount) -> None:
    """Forget it, if it is still what was seen. What waits for it is locked, so nothing begins.

    The person has a receipt by mail.
    """
    _lock_waiting(seen.person_id)
    account = PayoutAccount.objects.select_for_update(no_key=True).get(pk=seen.pk)
    if (account.person_id, account.changed_at) != (seen.person_id, seen.changed_at):
        raise RuleError(CHANGED)
    account.state, account.changed_at = Ac.REMOVED, clock.now()
    account.changed_by = account.person
    for name, value in NOTHING_KNOWN.items():
        setattr(account, name, value)
    account.save()
    revision = account.changed_at.isoformat()
    mail.tell(account.person, kinds.DESTINATION_REMOVED, account, revision=revision)


@transaction.atomic
def move_to(person: Person, account: PayoutAccount, by: Person) -> None:
    """Two records are joined by this colleague: the destination of the one becomes the other's.

    It waits, and is told.
    """
    account = PayoutAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
    account.person = person
    account.was_ready = True
    _tell_change(account, by)
    account.save()


def key_of(stripe_account: str) -> UUID | None:
    """The key of the account row that has this recipient, or None."""
    rows = PayoutAccount.objects.filter(stripe_account=stripe_account)
    return rows.values_list("pk", flat=True).first()
