"""When a payment becomes due, comes back, or is cancelled; the rule for the small fee; and payments
by hand.

Locks: the caller holds what earned it; then comes the person, then the payment.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Activity, Call, Person
from payments.models import Capacity, Payment
from payments.models.payment_states import ENDED, OPEN, Choice, State

REMIND_AFTER = [
    timedelta(days=3),
    timedelta(days=10),
    timedelta(days=24),
]  # from when it became due
SMALL_FEES = [Activity.Kind.CONVERSATION, Activity.Kind.OWN_TIME]
Reason = Payment.Reason
_has_paid_session: list[Callable] = []


def register_paid_session(asks) -> None:
    """Add `asks(person, call)`: do they hold a place that will earn the session's fee in this
    call?
    """
    _has_paid_session.append(asks)


def settle(row, by: Person | None = None) -> None:
    """Make the payment agree with what the row (an `EarnsPayment`) earned; see there."""
    reason = row.earned
    earned = reason is not None and row.fee_pence is not None and row.capacity == Capacity.PERSONAL
    if row.payment_id is None:
        if earned and not covered_by_session(row.person, row.activity) and not _take_existing(row):
            row.payment = _create(
                row.person,
                row.activity,
                row.fee_pence,
                reason,
                row.confirmed_by,
                row.happened_on,
                occasion=row.occasion,
            )
            row.save(update_fields=["payment"])
    elif earned:
        was_cancelled = Payment.objects.filter(pk=row.payment_id, state=State.CANCELLED).exists()
        if not (was_cancelled and covered_by_session(row.person, row.activity)):
            row.payment = _bring_back(row.payment_id, reason, row.confirmed_by)
    else:
        row.payment = withdraw(row.payment_id, by)


def _take_existing(row) -> bool:
    """Is there a fee for this person and activity already, decided by hand or earned before?

    It is the only one, unless each occasion is paid: then one that belongs to no other occasion is
    taken.

    The caller holds the person.
    """
    fees = Payment.objects.filter(person=row.person, activity=row.activity, fee_pence__isnull=False)
    fees = list(fees.filter(Q(occasion=None) | Q(occasion=row.occasion)).exclude(state__in=ENDED))
    linked = set(type(row).objects.filter(payment__in=fees).values_list("payment", flat=True))
    free = next((fee for fee in fees if fee.pk not in linked), None)
    if free:
        row.payment = free
        row.save(update_fields=["payment"])
    return bool(free or (fees and row.occasion is None))


def lock_people(keys) -> None:
    """Lock several people in the one order, before their payments are settled one after the
    other.
    """
    list(
        Person.objects.filter(pk__in=set(keys))
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk")
    )


def covered_by_session(person: Person, activity: Activity) -> bool:
    """In a call whose small fee is only for who has no paid session in it: have they one?

    Locks the person, so that two fees that become due at once are decided one after the other.
    """
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    call = activity.call
    if call.pay_rule != Call.PayRule.SMALL_FEE_ONLY or activity.kind not in SMALL_FEES:
        return False
    paid = (
        Payment.objects.filter(person=person, fee_pence__isnull=False)
        .of_call(call)
        .exclude(state=State.CANCELLED)
    )
    return paid.exclude(activity__kind__in=SMALL_FEES).exists() or any(
        ask(person, call) for ask in _has_paid_session
    )


def _create(
    person: Person,
    activity: Activity,
    pence: int,
    reason: str,
    confirmed_by: Person,
    happened_on,
    note: str = "",
    occasion=None,
) -> Payment:
    now = clock.now()
    confirmed_by = None if confirmed_by == person else confirmed_by  # never one's own work
    payment = Payment.objects.create(
        person=person,
        activity=activity,
        occasion=occasion,
        fee_pence=pence,
        taken_pence=pence or 0,
        reason=reason,
        reason_note=note,
        happened_on=happened_on,
        confirmed_by=confirmed_by,
        confirmed_at=confirmed_by and now,
        choose_by=timezone.localdate(now) + timedelta(days=activity.call.offer_days),
        next_reminder_at=now + REMIND_AFTER[0] if pence else None,
    )
    payment.note("offered", confirmed_by, reason=reason, pence=pence)
    if pence:
        mail.tell(person, "payment_offered", payment)
    return payment


def _bring_back(payment_id: UUID, reason: str, confirmed_by):
    """Due again, the same row, if it was cancelled; with the choice that was made."""
    payment = Payment.objects.lock(payment_id)
    others = Payment.objects.filter(
        person=payment.person, activity=payment.activity, occasion=payment.occasion
    )
    others = others.filter(fee_pence__isnull=False)
    if payment.state != State.CANCELLED or others.exclude(state__in=ENDED).exists():
        return payment
    payment.confirmed_by = None if confirmed_by == payment.person else confirmed_by
    payment.confirmed_at = payment.confirmed_by and clock.now()
    payment.state, payment.reason = open_state(payment), reason
    payment.save()
    payment.note("came_back", confirmed_by)
    if not payment.is_answered:
        mail.tell(payment.person, "payment_offered", payment, revision=clock.now().isoformat())
    return payment


def open_state(payment: Payment) -> State:
    """Due, declined or given, by what the person chose; accepted expenses are due all the same."""
    if payment.expenses_pence == 0 and payment.choice in {Choice.DECLINE, Choice.GIVE}:
        return State.DECLINED if payment.choice == Choice.DECLINE else State.GIVEN
    return State.DUE


def withdraw(payment_id: UUID, by: Person):
    """Cancel what was not yet approved; what two people have approved stays.

    Returns the payment.
    """
    payment = Payment.objects.lock(payment_id)
    if (
        payment.state in OPEN
        and payment.state != State.CANCELLED
        and payment.reason != Reason.BY_HAND
    ):
        payment.state = State.CANCELLED
        payment.save()
        payment.note("cancelled", by)
    return payment


@transaction.atomic
def confirm(payment_id: UUID, by: Person):
    """Confirm the work of a payment whose confirming does not count: of nobody, or of the payee
    themselves.
    """
    payment = Payment.objects.lock(payment_id)
    if payment.confirmed_by_id is not None:
        return payment
    if payment.person_id == by.pk:
        raise RuleError("Nobody confirms their own work. Ask a colleague.")
    payment.confirmed_by, payment.confirmed_at = by, clock.now()
    payment.save()
    payment.note("confirmed", by)
    return payment


@transaction.atomic
def pay_by_hand(
    person: Person, activity: Activity, pence: int, why, by: Person, *, happened_on=None
) -> Payment:
    """Staff decide that somebody is offered a payment for this activity, with a reason that goes on
    record.

    `pence` None: for expenses only. Raises RuleError for one's own, without a reason, or where one
    exists.
    """
    if by.pk == person.pk:
        raise RuleError("Nobody decides on a payment of their own. Ask a colleague.")
    if not why.strip():
        raise RuleError("Say why: it stays with the payment.")
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    others = Payment.objects.filter(person=person, activity=activity).exclude(state__in=ENDED)
    if others.filter(fee_pence__isnull=pence is None).exists():
        raise RuleError(f"{person} has a payment for this already. Open that one instead.")
    if pence and covered_by_session(person, activity):
        raise RuleError(
            f"{person} has a paid session in this call, and here the small fee is only for who "
            "has none."
        )
    day = happened_on or timezone.localdate(clock.now())
    reason = Reason.BY_HAND if pence else Reason.EXPENSES
    return _create(person, activity, pence, reason, by, day, note=why.strip())
