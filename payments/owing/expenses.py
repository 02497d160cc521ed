"""What taking part cost: claimed, decided on by staff, and paid back with the payment.

The person claims it, or staff do for them.
"""

from typing import NotRequired, TypedDict
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.models import Sum

from collective.errors import RuleError
from collective.models import Call, Person
from collective.templatetags.collective import pounds
from payments.models import Expense, ExpenseLimit, Payment
from payments.models.payment_event import What
from payments.models.payment_states import CHANGEABLE, State
from payments.owing.approvals import end_approval
from payments.owing.offering import open_state

MOST = 20  # expenses of one payment


class Claim(TypedDict):
    """What is claimed, with a receipt, a reason why there is none, or before it is spent."""

    kind: str
    what: str
    amount_pence: int
    receipt: NotRequired[File | str]
    no_receipt_because: NotRequired[str]
    is_prepaid: NotRequired[bool]


def limits(call: Call) -> dict[str, int]:
    """{kind: pence} of what this call pays back."""
    return dict(ExpenseLimit.objects.filter(call=call).values_list("kind", "most_pence"))


def can_claim(payment: Payment) -> bool:
    return payment.state in CHANGEABLE


@transaction.atomic
def claim(payment_id: UUID, by: Person, claimed: Claim) -> Expense:
    """Add an expense.

    Raises RuleError where the call does not pay it back, above its limit, or once the payment is on
    its way.
    """
    payment = Payment.objects.lock(payment_id)
    if not can_claim(payment):
        raise RuleError("Nothing can be added to this payment any more. Please call us.")
    if payment.expenses.count() >= MOST:
        raise RuleError("That is a great many. Please call us, and we add the rest together.")
    _check_limit(payment, claimed["kind"], claimed["amount_pence"])
    expense = Expense.objects.create(payment=payment, added_by=by, **claimed)
    if payment.state == State.APPROVED:
        end_approval(payment, by)
    payment.note(What.EXPENSE, by, **_details(expense))
    return expense


def _check_limit(payment: Payment, kind: str, pence: int) -> None:
    most = limits(payment.activity.call).get(kind)
    label = Expense.Kind(kind).label.lower()
    if most is None:
        raise RuleError(
            f"This call does not pay back {label}. Call us if that keeps you from taking part."
        )
    claimed = payment.expenses.filter(kind=kind).exclude(state=Expense.State.REFUSED)
    already = claimed.aggregate(sum=Sum("amount_pence"))["sum"] or 0
    if already + pence > most:
        left = pounds(max(most - already, 0))
        raise RuleError(
            f"We can pay back up to {pounds(most)} for {label}, and {left} of it is left. Call us "
            "if it costs you more."
        )


def _details(expense: Expense) -> dict[str, str | int]:
    return {"kind": expense.kind, "pence": expense.amount_pence, "state": expense.state}


@transaction.atomic
def accept(
    expense_id: UUID, by: Person, *, told: str = "", no_receipt_because: str = ""
) -> Expense:
    """Pay it back, with a word for the person.

    Raises RuleError for one's own, or without receipt and reason.
    """
    expense = _locked_to_decide(expense_id, by)
    expense.no_receipt_because = no_receipt_because.strip() or expense.no_receipt_because
    if not (expense.receipt or expense.no_receipt_because or expense.is_prepaid):
        raise RuleError("There is no receipt. Say why that is all right.")
    return _decided(expense, Expense.State.ACCEPTED, by, told)


@transaction.atomic
def refuse(expense_id: UUID, by: Person, *, told: str) -> Expense:
    """Do not pay it back. Raises RuleError for one's own, or without a word for the person."""
    expense = _locked_to_decide(expense_id, by)
    if not told.strip():
        raise RuleError("Say why it is not paid back. The person reads it.")
    return _decided(expense, Expense.State.REFUSED, by, told)


def _locked(expense_id: UUID) -> Expense:
    """The expense and its payment, locked: the payment first."""
    owner = Expense.objects.values_list("payment", flat=True).get(pk=expense_id)
    payment = Payment.objects.lock(owner)
    expense = Expense.objects.select_for_update(no_key=True).get(pk=expense_id)
    expense.payment = payment
    return expense


def _locked_to_decide(expense_id: UUID, by: Person) -> Expense:
    expense = _locked(expense_id)
    if by.pk == expense.payment.person_id:
        raise RuleError("Nobody decides on expenses of their own. Ask a colleague.")
    if by.pk == expense.added_by_id:
        raise RuleError("You added it yourself, and somebody else decides on it. Ask a colleague.")
    if not can_claim(expense.payment):
        raise RuleError("The expenses of this payment can no longer be changed. Please call us.")
    return expense


def _decided(expense: Expense, state: Expense.State, by: Person, told: str) -> Expense:
    expense.state, expense.decided_by, expense.told = state, by, told.strip()
    expense.save()
    _add_up(expense, by)
    return expense


def _add_up(expense: Expense, by: Person) -> None:
    """The payment's own line for expenses; an approval of another sum ends."""
    payment = expense.payment
    if payment.state == State.APPROVED:
        end_approval(payment, by)
    accepted = payment.expenses.accepted()
    payment.expenses_pence = accepted.aggregate(sum=Sum("amount_pence"))["sum"] or 0
    payment.step(open_state(payment), What.EXPENSE, by, **_details(expense))


@transaction.atomic
def withdraw(expense_id: UUID, by: Person) -> None:
    """Take back what was claimed and not decided on yet. Raises RuleError afterwards."""
    owner = Expense.objects.values_list("payment", flat=True).get(pk=expense_id)
    payment = Payment.objects.lock(owner)
    expense = Expense.objects.filter(pk=expense_id, state=Expense.State.CLAIMED).first()
    if expense is None:
        raise RuleError("We have decided on this already, so it can no longer be taken back.")
    expense.delete()
    if name := expense.receipt.name:
        transaction.on_commit(lambda: expense.receipt.storage.delete(name))
    payment.note(What.EXPENSE, by, state="withdrawn")
