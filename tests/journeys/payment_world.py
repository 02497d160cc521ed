"""One payment in each state, for browser tests: what its person sees, and what finance sees."""

from datetime import timedelta

from django.core.files.base import ContentFile

from collective import clock
from payments.models import Expense, ExpenseLimit, Payment, PayoutAttempt, Review, UnknownMovement
from tests.factories import (
    FinanceFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PersonFactory,
    SessionFactory,
)

State = Payment.State
STATES = {
    "due": {"choice": ""},
    "chosen": {},
    "approved": {"state": State.APPROVED},
    "sent": {"state": State.SENT},
    "arrived": {"state": State.ARRIVED},
    "failed": {"state": State.FAILED, "problem": "payout_method_closed"},
    "review": {"state": State.NEEDS_REVIEW},
    "declined": {"state": State.DECLINED, "choice": "decline", "taken_pence": 0},
    "cancelled": {"state": State.CANCELLED},
}


def make_payments(member, call):
    """{state: payment} of this member, with expenses on the first ones."""
    approver, now = FinanceFactory(name="Ade"), clock.now()
    ExpenseLimit.objects.create(call=call, kind="travel", most_pence=3000)
    made = {}
    for name, fields in STATES.items():
        if name in {"approved", "sent", "arrived", "failed", "review"}:
            fields = {**fields, "approved_by": approver, "approved_at": now, "method": "stripe"}
        if name in {"sent", "arrived"}:
            fields = {**fields, "sent_at": now, "expected_on": now.date() + timedelta(days=1)}
        session = SessionFactory(
            call=call, title=f"Session {name}", neutral_name=f"Community session {name}"
        )
        made[name] = PaymentFactory(person=member, activity=session, **fields)
    for name, state in (("due", "claimed"), ("chosen", "accepted"), ("sent", "refused")):
        Expense.objects.create(
            payment=made[name],
            kind="travel",
            what="Bus there and back",
            amount_pence=460,
            added_by=member,
            state=state,
            decided_by=approver,
            no_receipt_because="Lost it",
            told="Thank you.",
        )
    Payment.objects.filter(pk=made["chosen"].pk).update(expenses_pence=460)
    return made


def make_desk(payments):
    """(expense to decide on, review, unknown movement): what finance decides."""
    payment = payments["review"]
    attempt = PayoutAttempt.objects.create(
        payment=payment,
        method="stripe",
        amount_pence=payment.amount_pence,
        request={},
        state="review",
    )
    ready = PaymentFactory(person=PersonFactory(name="Amina"), activity=payment.activity)
    PayoutAccountFactory(person=ready.person)
    expense = Expense.objects.create(
        payment=ready,
        kind="travel",
        what="Train",
        amount_pence=900,
        added_by=ready.person,
        receipt=ContentFile(b"%PDF-", name="r.pdf"),
    )
    review = Review.objects.create(
        attempt=attempt,
        why="No clear answer within a day",
        verdict="never_left",
        evidence="Not in the list",
        proposed_by=PersonFactory(name="Kim"),
    )
    movement = UnknownMovement.objects.create(
        stripe_id="obp_1", amount_pence=7500, what="Status: posted"
    )
    return expense, review, movement
