"""When a payment becomes due, comes back, or is cancelled; and payments by hand.

Locks: the caller holds what earned it; then comes the person, then the payment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Activity, Person
from collective.people import standing
from payments import kinds
from payments.models import Capacity, EarnsPayment, Payment
from payments.models.payment_event import What
from payments.models.payment_states import ENDED, OPEN, Choice, State
from payments.owing.pay_rule import covered_by_session

# From when it became due.
REMIND_AFTER = [timedelta(days=3), timedelta(days=10), timedelta(days=24)]
TIME_TO_UNDO = timedelta(minutes=10)  # a mark that was a slip is undone before anybody is told
Reason = Payment.Reason


@dataclass(frozen=True)
class Offer:
    """What somebody is offered; `pence` None: for expenses only."""

    person: Person
    activity: Activity
    pence: int | None
    reason: Reason
    happened_on: date
    occasion: UUID | None = None
    note: str = ""


@dataclass(frozen=True)
class Decision:
    """What staff decide to pay somebody by hand; `pence` None: for expenses only."""

    person: Person
    activity: Activity
    pence: int | None
    why: str
    happened_on: date | None = None  # today, if it is left open


def settle(row: EarnsPayment, by: Person | None = None) -> None:
    """Make the payment agree with what the row earned, however often it is asked.

    Earned: it becomes due, or comes back. No longer earned: what was not yet approved is cancelled.
    The caller holds the lock of the row, and its transaction.
    """
    reason = row.earned if row.capacity == Capacity.PERSONAL else None
    if reason is None or row.fee_pence is None:
        if row.payment_id:
            row.payment = _take_away(row.payment_id, by)
    elif row.payment_id:
        row.payment = _bring_back(row, row.payment_id, reason)
    elif not covered_by_session(row.person, row.activity) and not _take_existing(row):
        row.payment = _create(_offer_for(row, reason), row.confirmed_by)
        row.save(update_fields=["payment"])


def _offer_for(row: EarnsPayment, reason: Reason) -> Offer:
    return Offer(row.person, row.activity, row.fee_pence, reason, row.happened_on, row.occasion)


def _take_existing(row: EarnsPayment) -> bool:
    """Is there a fee for this person and activity already, decided by hand or earned before?

    It is the only one, unless each occasion is paid: then one that belongs to no other occasion is
    taken.

    The caller holds the person.
    """
    fees = _locked_fees(row)
    linked = type(row)._default_manager.filter(payment__in=fees)
    taken = set(linked.values_list("payment", flat=True))
    free = next((fee for fee in fees if fee.pk not in taken), None)
    if free:
        row.payment = free
        row.save(update_fields=["payment"])
    return bool(free or (fees and row.occasion is None))


def _locked_fees(row: EarnsPayment) -> list[Payment]:
    """The fees that are due to this person for this activity, for this occasion or for none."""
    mine = Payment.objects.filter(person=row.person, activity=row.activity, fee_pence__isnull=False)
    due = mine.filter(Q(occasion=None) | Q(occasion=row.occasion)).exclude(state__in=ENDED)
    return list(due.order_by("pk").select_for_update(no_key=True, of=("self",)))


def lock_people(keys: Iterable[UUID]) -> None:
    """Lock several people in the one order, before their payments are settled one by one."""
    people = Person.objects.filter(pk__in=set(keys)).order_by("pk")
    list(people.select_for_update(no_key=True).values_list("pk"))


def _other_than(payee: Person, confirmed_by: Person | None) -> Person | None:
    """Whoever confirmed the work; nobody confirms their own."""
    return None if confirmed_by == payee else confirmed_by


def _create(offer: Offer, confirmed_by: Person | None) -> Payment:
    now, confirmed_by = clock.now(), _other_than(offer.person, confirmed_by)
    payment = Payment.objects.create(
        person=offer.person,
        activity=offer.activity,
        occasion=offer.occasion,
        fee_pence=offer.pence,
        taken_pence=offer.pence or 0,
        reason=offer.reason,
        reason_note=offer.note,
        happened_on=offer.happened_on,
        confirmed_by=confirmed_by,
        confirmed_at=now if confirmed_by else None,
        choose_by=timezone.localdate(now) + timedelta(days=offer.activity.call.offer_days),
        next_reminder_at=now + REMIND_AFTER[0] if offer.pence else None,
    )
    payment.note(What.OFFERED, confirmed_by, reason=offer.reason, pence=offer.pence)
    if offer.pence:
        mail.tell(offer.person, kinds.OFFERED, payment)
    return payment


def _bring_back(row: EarnsPayment, payment_id: UUID, reason: Reason) -> Payment:
    """Due again, the same payment, if it was cancelled; with the choice that was made."""
    lock_people([row.person.pk])
    payment = Payment.objects.lock(payment_id)
    if payment.state != State.CANCELLED or covered_by_session(row.person, row.activity):
        return payment
    if _has_other_fee(payment):
        return payment
    payment.confirmed_by = _other_than(payment.person, row.confirmed_by)
    payment.confirmed_at = clock.now() if payment.confirmed_by else None
    payment.reason = reason
    payment.step(open_state(payment), What.CAME_BACK, row.confirmed_by)
    if not payment.is_answered:
        mail.tell(payment.person, kinds.OFFERED, payment, revision=clock.now().isoformat())
    return payment


def _has_other_fee(payment: Payment) -> bool:
    """Is another fee of the same person due for the same?"""
    fees = Payment.objects.filter(person=payment.person, fee_pence__isnull=False)
    same = fees.filter(activity=payment.activity, occasion=payment.occasion)
    return same.exclude(state__in=ENDED).exists()


def open_state(payment: Payment) -> State:
    """Due, declined or given, by what the person chose; accepted expenses are due all the same."""
    if payment.expenses_pence == 0 and payment.choice in {Choice.DECLINE, Choice.GIVE}:
        return State.DECLINED if payment.choice == Choice.DECLINE else State.GIVEN
    return State.DUE


def _take_away(payment_id: UUID, by: Person | None) -> Payment:
    """Cancel it; where a colleague takes away what was due, the person is told, gently."""
    payment = Payment.objects.lock(payment_id)
    was_due = payment.state == State.DUE
    is_by_staff = by is not None and by.pk != payment.person_id
    if _cancel(payment, by) and was_due and is_by_staff:
        now = clock.now()
        due_at, revision = now + TIME_TO_UNDO, now.isoformat()
        mail.tell(payment.person, kinds.TAKEN_AWAY, payment, due_at=due_at, revision=revision)
    return payment


def withdraw(payment_id: UUID, by: Person | None) -> Payment:
    """Cancel what was not yet approved; what two people have approved stays, or staff decided.

    Returns the payment.
    """
    payment = Payment.objects.lock(payment_id)
    _cancel(payment, by)
    return payment


def _cancel(payment: Payment, by: Person | None) -> bool:
    """Returns whether it was cancelled just now."""
    is_open = payment.state in OPEN and payment.state != State.CANCELLED
    if not is_open or payment.reason == Reason.BY_HAND:
        return False
    payment.step(State.CANCELLED, What.CANCELLED, by)
    return True


@transaction.atomic
def confirm(payment_id: UUID, by: Person) -> Payment:
    """Confirm the work of a payment that nobody but the payee has confirmed.

    Raises RuleError for the payee.
    """
    payment = Payment.objects.lock(payment_id)
    if payment.confirmed_by_id is not None:
        return payment
    if payment.person_id == by.pk:
        raise RuleError("Nobody confirms their own work. Ask a colleague.")
    payment.confirmed_by, payment.confirmed_at = by, clock.now()
    payment.save()
    payment.note(What.CONFIRMED, by)
    return payment


@transaction.atomic
def pay_by_hand(decision: Decision, by: Person) -> Payment:
    """Offer somebody a payment that staff have decided on, with a reason that goes on record.

    Raises RuleError for one's own, without a reason, or where one exists.
    """
    if by.pk == decision.person.pk:
        raise RuleError("Nobody decides on a payment of their own. Ask a colleague.")
    if not decision.why.strip():
        raise RuleError("Say why: it stays with the payment.")
    standing.check(decision.person)
    _check_decision(decision)
    offer = Offer(
        decision.person,
        decision.activity,
        decision.pence,
        Reason.BY_HAND if decision.pence else Reason.EXPENSES,
        decision.happened_on or timezone.localdate(clock.now()),
        note=decision.why.strip(),
    )
    return _create(offer, by)


def _check_decision(decision: Decision) -> None:
    """Raise RuleError where they have such a payment, or may have none. The person is locked."""
    person, activity, pence = decision.person, decision.activity, decision.pence
    others = Payment.objects.filter(person=person, activity=activity).exclude(state__in=ENDED)
    if others.filter(fee_pence__isnull=pence is None).exists():
        raise RuleError(f"{person} has a payment for this already. Open that one instead.")
    if pence and covered_by_session(person, activity):
        raise RuleError(
            f"{person} has a paid session in this call, and here the small fee is only for people "
            "who have none."
        )
