"""What taking part cost: claimed by the person or by staff for them, decided by staff, paid back
with the payment.
"""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from collective.errors import RuleError
from collective.templatetags.collective import pounds
from payments.models import Expense, ExpenseLimit, Payment
from payments.models.payment_states import CHANGEABLE, State
from payments.owing import choices
from payments.owing.offering import open_state

if TYPE_CHECKING:
    from collective.models import Call, Person

MOST = 20  # expenses of one payment


def limits(call: "Call"):
    """{kind: pence} of what this call pays back."""
    return dict(ExpenseLimit.objects.filter(call=call).values_list("kind", "most_pence"))


def can_claim(payment: Payment) -> bool:
    return payment.state in CHANGEABLE


@transaction.atomic
def claim(payment_id: UUID, by: "Person", **answers) -> Expense:
    """Add an expense (`kind`, `what`, `amount_pence`, `receipt`, `no_receipt_because`,
    `is_prepaid`).

    Raises RuleError where the call does not pay it back, above its limit, or once the payment is on
    its way.
    """
    payment = Payment.objects.lock(payment_id)
    if not can_claim(payment):
        raise RuleError(
            "This payment is on its way already, so nothing can be added to it. Please call us."
        )
    if payment.expenses.count() >= MOST:
        raise RuleError("That is a great many. Please call us, and we add the rest together.")
    _check_limit(payment, answers["kind"], answers["amount_pence"])
    expense = Expense.objects.create(payment=payment, added_by=by, **answers)
    if payment.state == State.APPROVED:
        choices.unapprove(payment, by)
    payment.note("expense", by, kind=expense.kind, pence=expense.amount_pence, state=expense.state)
    return expense


def _check_limit(payment: Payment, kind, pence: int) -> None:
    most = limits(payment.activity.call).get(kind)
    label = Expense.Kind(kind).label.lower()
    if most is None:
        raise RuleError(
            f"This call does not pay back {label}. Call us if that keeps you from taking part."
        )
    already = (
        payment.expenses.filter(kind=kind)
        .exclude(state=Expense.State.REFUSED)
        .aggregate(sum=Sum("amount_pence"))
    )
    if (already["sum"] or 0) + pence > most:
        left = max(most - (already["sum"] or 0), 0)
        raise RuleError(
            f"We can pay back up to {pounds(most)} for {label}, and {pounds(left)} of it is "
            "left. Call us if it costs"
            " you more."
        )


@transaction.atomic
def decide(
    expense_id, by: "Person", *, accept, told: str = "", no_receipt_because: str = ""
) -> Expense:
    """Accept or not, with a word for the person.

    Raises RuleError for one's own, or without receipt and reason.
    """
    payment = Payment.objects.lock(
        Expense.objects.values_list("payment", flat=True).get(pk=expense_id)
    )
    expense = Expense.objects.select_for_update(no_key=True).get(pk=expense_id)
    if by.pk == payment.person_id:
        raise RuleError("Nobody decides on expenses of their own. Ask a colleague.")
    if by.pk == expense.added_by_id:
        raise RuleError("You added it yourself, and somebody else decides on it. Ask a colleague.")
    if not can_claim(payment):
        raise RuleError(
            "This payment is on its way already, so its expenses can no longer be changed."
        )
    expense.no_receipt_because = no_receipt_because.strip() or expense.no_receipt_because
    if accept and not (expense.receipt or expense.no_receipt_because or expense.is_prepaid):
        raise RuleError("There is no receipt. Say why that is all right.")
    if not accept and not told.strip():
        raise RuleError("Say why it is not paid back. The person reads it.")
    expense.state = Expense.State.ACCEPTED if accept else Expense.State.REFUSED
    expense.decided_by, expense.told = by, told.strip()
    expense.save()
    _add_up(payment, by)
    payment.note("expense", by, kind=expense.kind, pence=expense.amount_pence, state=expense.state)
    return expense


def _add_up(payment: Payment, by: "Person") -> None:
    """The payment's own line for expenses; an approval of another sum ends."""
    if payment.state == State.APPROVED:
        choices.unapprove(payment, by)
    payment.expenses_pence = (
        payment.expenses.accepted().aggregate(sum=Sum("amount_pence"))["sum"] or 0
    )
    payment.state = open_state(payment)
    payment.save()


@transaction.atomic
def withdraw(expense_id, by: "Person") -> None:
    """Take back what was claimed and not decided on yet. Raises RuleError afterwards."""
    payment = Payment.objects.lock(
        Expense.objects.values_list("payment", flat=True).get(pk=expense_id)
    )
    expense = Expense.objects.filter(pk=expense_id, state=Expense.State.CLAIMED).first()
    if expense is None:
        raise RuleError("We have decided on this already, so it can no longer be taken back.")
    expense.delete()
    if expense.receipt:
        transaction.on_commit(lambda: expense.receipt.storage.delete(expense.receipt.name))
    payment.note("expense", by, state="withdrawn")
