"""Payments of two records of one person: all of them move to the record that is kept.

Where money goes, the kept record's own choice stands.
"""

from typing import Any, TypedDict
from uuid import UUID

from django.db.models import Q

from collective.errors import RuleError
from collective.models import Person, RecordJoin
from collective.people.record_joins import Along
from payments.models import EarnsPayment, Payment, PayoutAccount
from payments.models.payment_event import What
from payments.models.payment_states import CHANGEABLE, COMMITTED, ENDED, State
from payments.owing import offering
from payments.sending import payout_accounts

NOT_SENT = [*CHANGEABLE, State.CANCELLED, State.FAILED]


class Moved(TypedDict):
    """What `undo` needs."""

    payments: list[str]
    account: str | None
    about: list[str]


def preview(kept: Person, gone: Person) -> list[str]:
    """Sentences: how many payments move, and where money goes afterwards."""
    number = Payment.objects.filter(person=gone).count()
    lines = [f"{number} {'payment moves' if number == 1 else 'payments move'}."] if number else []
    if PayoutAccount.objects.filter(person=gone).exists():
        both = PayoutAccount.objects.filter(person=kept).exists()
        lines.append(
            "Both have said where money goes; that of the kept record stands."
            if both
            else "Where money goes moves too."
        )
    return lines


def comes_along(person: Person) -> list[Along]:
    """Their payments, and where their money goes: two people look, whatever they may see."""
    number = Payment.objects.filter(person=person).count()
    along = [Along(f"Payments: {number}.")] if number else []
    if PayoutAccount.objects.filter(person=person).exists():
        along.append(Along("Where their money goes."))
    return along


def moves(person: Person) -> list[str]:
    """Their payments, and where their money goes."""
    number = Payment.objects.filter(person=person).count()
    lines = [f"Payments: {number}."] if number else []
    if PayoutAccount.objects.filter(person=person).exists():
        lines.append("Where money goes.")
    return lines


def join(kept: Person, gone: Person, row: RecordJoin) -> Moved:
    """Move the payments and, where the kept record has none, where money goes.

    Returns what `undo` needs. Raises RuleError where somebody would have confirmed or approved a
    payment of their own, or been paid twice.
    """
    offering.lock_people([kept.pk, gone.pk])
    both = Payment.objects.filter(person__in=[kept, gone]).order_by("pk")
    payments = list(both.select_for_update(no_key=True, of=("self",)).select_related("activity"))
    _cancel_doubles(kept, payments)
    theirs = [payment for payment in payments if payment.person_id == gone.pk]
    for payment in theirs:
        _move(payment, kept, row)
    account = _move_account(kept, gone, row.joined_by)
    row.moved_destination = account is not None
    moved = [str(payment.pk) for payment in theirs]
    return {"payments": moved, "account": str(account.pk) if account else None, "about": moved}


def _cancel_doubles(kept: Person, rows: list[Payment]) -> None:
    """Two fees for one activity: the one that nobody has approved is cancelled."""
    fees = [row for row in rows if row.fee_pence is not None and row.state not in ENDED]
    mine = {(row.activity_id, row.occasion): row for row in fees if row.person_id == kept.pk}
    for row in fees:
        other = mine.get((row.activity_id, row.occasion))
        if other is not None and row.person_id != kept.pk:
            _cancel_one(row, other)


def _cancel_one(row: Payment, other: Payment) -> None:
    if row.is_committed and other.is_committed:
        raise RuleError(
            f"Both have an approved payment for {row.activity}. Keep them apart, and talk with "
            "finance."
        )
    double = other if row.is_committed else row
    double.step(State.CANCELLED, What.CANCELLED)


def _move(row: Payment, kept: Person, join: RecordJoin) -> None:
    if row.state in COMMITTED and kept.pk in {row.confirmed_by_id, row.approved_by_id}:
        raise RuleError(
            f"{kept} has confirmed or approved {row.reference}, a payment of the other record."
        )
    if row.confirmed_by_id == kept.pk:
        row.confirmed_by = row.confirmed_at = None
    row.person = kept
    row.save()
    row.note(What.MOVED, join.joined_by, join=str(join.pk))


def _move_account(kept: Person, gone: Person, by: Person | None) -> PayoutAccount | None:
    account = payout_accounts.account_of(gone)
    if account is None or payout_accounts.account_of(kept):
        return None
    payout_accounts.move_to(kept, account, by or kept)
    return account


def is_clear(kept: Person, gone: Person) -> bool:
    """Is no payment left with the emptied record, nor the only word on where money goes?"""
    accounts = PayoutAccount.objects.filter(person__in=[kept, gone])
    is_left = set(accounts.values_list("person", flat=True)) == {gone.pk}
    return not is_left and not Payment.objects.filter(person=gone).exists()


def undo(kept: Person, gone: Person, moved: Moved) -> list[str]:
    """Each record has its own payments again; returns sentences on what could not be undone.

    What a place or conversation of theirs has earned since goes along, unless it was sent already.
    """
    earned = _earned_since(gone)
    mine = Q(pk__in=moved["payments"]) | Q(pk__in=earned, state__in=NOT_SENT)
    rows = Payment.objects.filter(mine, person=kept)
    for row in rows.order_by("pk").select_for_update(no_key=True, of=("self",)):
        row.person = gone
        row.save()
        row.note(What.MOVED)
    if moved["account"]:
        PayoutAccount.objects.filter(pk=moved["account"], person=kept).update(person=gone)
    left = Payment.objects.filter(pk__in=earned, person=kept)
    return [f"{row.reference} was sent already. Please talk with finance." for row in left]


def _earned_since(gone: Person) -> list[UUID]:
    """The payments of what is theirs again: whatever earns one, its own part has given it back."""
    models: list[Any] = EarnsPayment.__subclasses__()
    return [
        key
        for model in models
        for key in model.objects.filter(person=gone).values_list("payment", flat=True)
        if key
    ]
