"""What payments hold about a person, for them to read or to take away."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from collective.models import Person
from collective.people.by_whom import by_whom
from collective.people.my_data import OUR_WORK, LoggedRow
from payments.models import Expense, Payment, PaymentEvent, PayoutAccount, PayoutAttempt
from payments.models.payment import PaymentQuerySet

TOLD = {
    "payments.Expense.payment",
    "payments.Payment.person",
    "payments.PaymentEvent.payment",
    "payments.PayoutAccount.person",
    "payments.PayoutAttempt.payment",
}
LEFT_OUT = {
    "payments.Expense.added_by": "it is told with the payment, whoever of the two wrote it down",
    "payments.Expense.decided_by": OUR_WORK,
    "payments.Payment.approved_by": OUR_WORK,
    "payments.Payment.confirmed_by": OUR_WORK,
    "payments.PaymentEvent.by": OUR_WORK,
    "payments.PayoutAccount.changed_by": "a colleague who noted it is named with it",
    "payments.PayoutAccountMethodStateChangedAtWaitUntilEvent.pgh_obj": (
        "when it was changed is told: what it was before holds no detail of an account"
    ),
    "payments.PayoutAttempt.exported_by": OUR_WORK,
    "payments.PayoutAttempt.recorded_by": OUR_WORK,
    "payments.Review.attempt": "two of our team find out what became of it: the payment says",
    "payments.Review.proposed_by": OUR_WORK,
    "payments.Review.settled_by": OUR_WORK,
    "payments.UnknownMovement.explained_by": OUR_WORK,
    "payments.UnknownMovement.payment": "money at Stripe that our team explains to each other",
}


def my_data(person: Person) -> dict[str, Any]:
    """Their payments with all that belongs to them, and where their money goes."""
    account = PayoutAccount.objects.select_related("changed_by").filter(person=person).first()
    return {
        "payments": [_payment(row, person) for row in _payments(person)],
        "where your money goes": _account(account) if account else {},
    }


def logged_rows(person: Person) -> Iterator[LoggedRow]:
    """Their payments and expenses: somebody may have looked at a receipt."""
    for key in Payment.objects.filter(person=person).values_list("pk", flat=True):
        yield LoggedRow(Payment, key)
    for key in Expense.objects.filter(payment__person=person).values_list("pk", flat=True):
        yield LoggedRow(Expense, key)
    for key in PayoutAccount.objects.filter(person=person).values_list("pk", flat=True):
        yield LoggedRow(PayoutAccount, key)


def _payments(person: Person) -> PaymentQuerySet:
    rows = Payment.objects.visible_to(person).select_related("activity")
    return rows.prefetch_related("expenses", "events__by", "attempts").order_by("created_at")


def _words(event: PaymentEvent, person: Person) -> str:
    """What happened; and who of our team noted it, where it was for the person to say."""
    words = event.get_what_display()
    if event.what != PaymentEvent.What.CHOSE:
        return words
    who = by_whom(event.by, person.pk, as_staff=True)
    return words if who == "by you" else f"{words}, noted {who or 'by our team'}"


def _payment(row: Payment, person: Person) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "for": row.activity.neutral_name,
        "because": row.get_reason_display(),
        "note": row.reason_note,
        "day": row.happened_on,
        "state": row.get_state_display(),
        "offered in pence": row.fee_pence,
        "chosen": row.get_choice_display(),
        "chosen on": row.chosen_at,
        "taken in pence": row.taken_pence,
        "expenses": [_expense(cost) for cost in row.expenses.all()],
        "sent": row.sent_at,
        "arrived": row.arrived_at,
        "you said it has not come": row.missing_said_at,
        "sent by": [_attempt(attempt) for attempt in row.attempts.all()],
        "history": [
            {"when": event.at, "what": _words(event, person)} for event in row.events.all()
        ],
    }


def _expense(row: Expense) -> dict[str, Any]:
    return {
        "what": str(row),
        "pence": row.amount_pence,
        "state": row.get_state_display(),
        "receipt": PurePath(row.receipt.name or "").name,
        "no receipt because": row.no_receipt_because,
        "told": row.told,
    }


def _attempt(row: PayoutAttempt) -> dict[str, Any]:
    return {
        "when": row.created_at,
        "how": row.get_method_display(),
        "pence": row.amount_pence,
        "state": row.get_state_display(),
        "reference of the finance office": row.hand_reference,
        "there is a voucher code": row.voucher_code is not None,
    }


def _account(row: PayoutAccount) -> dict[str, Any]:
    return {
        "how": row.get_method_display(),
        "state": row.get_state_display(),
        "bank": row.bank_name,
        "account ends with": row.last_four,
        "voucher": row.voucher,
        "voucher comes": row.get_deliver_display(),
        "the finance office knows you as": row.payee_reference,
        "at Stripe you are": row.stripe_account or "",
        "changed": row.changed_at,
        "changed by": by_whom(row.changed_by, row.person_id, as_staff=True),
        "nothing is sent there before": row.wait_until,
    }
