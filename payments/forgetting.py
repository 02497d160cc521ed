"""Payments of somebody who is forgotten: what was paid stays in the ledger, and little else.

What is owed is paid or declined first. Receipts, words about expenses, and where the money went go;
their account at Stripe is closed by a sweep, after the commit.
"""

from typing import Any

from django.apps import apps
from django.db.models import F, Q
from django.urls import reverse

from collective import clock
from collective.models import FileToRemove, Person
from collective.people import forgetting
from collective.people.forgetting import Obstacle, Preview, Stays
from collective.templatetags.collective import pounds
from payments import my_data
from payments.models import Expense, Payment, PaymentEvent, PayoutAccount, PayoutAttempt, Review
from payments.models.payment_states import ON_THE_WAY, State
from payments.sending import payout_accounts

rows = my_data.logged_rows
WORDS_OF_EVENTS = ("why", "evidence", "reference")  # what staff wrote, in details of the history
RECEIPT_GONE = "The receipt was deleted: the person is forgotten."


def preview(person: Person) -> Preview:
    """What goes of payments, and what the ledger keeps."""
    told = Preview()
    if Payment.objects.filter(person=person).exists():
        told.goes.append("Your receipts, what you wrote about expenses, and voucher codes.")
        told.stays.append(
            Stays(
                "Each payment: its number, its amount, its day and what it was for, without your "
                "name",
                "the law asks us to keep records of payments for six years after the tax year",
            )
        )
    if PayoutAccount.objects.filter(person=person).exists():
        told.goes.append("Where your money goes. We ask Stripe to close your account there.")
        told.stays.append(
            Stays(
                "What Stripe itself keeps of payments that it made to you",
                "the law asks Stripe to keep it. It is not ours to remove",
            )
        )
    return told


def in_the_way(person: Person) -> list[Obstacle]:
    """What is owed and not settled: due, on its way, or an expense that waits for an answer."""
    return [
        *(_owed(row) for row in Payment.objects.filter(person=person, state=State.DUE)),
        *(
            _on_its_way(row)
            for row in Payment.objects.filter(person=person, state__in=[*ON_THE_WAY, State.SENT])
        ),
        *(_claimed(row) for row in Expense.objects.filter(_waits_for_an_answer(person))),
    ]


def _waits_for_an_answer(person: Person) -> Q:
    not_due = ~Q(payment__state__in=[State.DUE, *ON_THE_WAY, State.SENT])
    return Q(payment__person=person, state=Expense.State.CLAIMED) & not_due


def _owed(row: Payment) -> Obstacle:
    return Obstacle(
        f"You are still owed {pounds(row.amount_pence)} ({row.reference}): choose how to be paid, "
        "or say that you do not want it.",
        f"Payment {row.reference} is due: they say what should become of it, or it is paid.",
        reverse("payment", args=[row.pk]),
    )


def _on_its_way(row: Payment) -> Obstacle:
    return Obstacle(
        f"A payment of {pounds(row.amount_pence)} ({row.reference}) is on its way to you: it has "
        "to arrive first. If it has, say so on its page.",
        f"Payment {row.reference} is on its way: it has to arrive first.",
        reverse("payment", args=[row.pk]),
    )


def _claimed(row: Expense) -> Obstacle:
    return Obstacle(
        f"You asked us to pay back {pounds(row.amount_pence)}: we answer first, or you take it "
        "back.",
        "They asked for an expense that nobody has answered yet.",
        reverse("payment", args=[row.payment_id]),
    )


def histories() -> list[Any]:
    """Of payments, for what staff wrote there, and of where the money went."""
    name = "payments.PayoutAccountMethodStateChangedAtWaitUntilEvent"
    return [PaymentEvent, apps.get_model(name)]


def forget(people: list[Person]) -> None:
    """Empty what is not the ledger's. The people are locked."""
    mine = Payment.objects.filter(person__in=people).order_by("pk")
    keys = [row.pk for row in mine.select_for_update(no_key=True, of=("self",))]
    for person in people:
        forgetting.check(in_the_way(person))
    _empty_expenses(Expense.objects.filter(payment__in=keys))
    attempts = PayoutAttempt.objects.filter(payment__in=keys)
    attempts.filter(voucher_code__isnull=False).update(voucher_code=None)
    Review.objects.filter(attempt__in=attempts).update(evidence="")
    mine.exclude(reason_note="").update(reason_note="")
    for event in PaymentEvent.objects.filter(
        payment__in=keys, details__has_any_keys=WORDS_OF_EVENTS
    ):
        details = {name: value for name, value in event.details.items() if _stays(name)}
        PaymentEvent.objects.filter(pk=event.pk).update(details=details)
    _forget_account(people)


def _stays(name: str) -> bool:
    return name not in WORDS_OF_EVENTS


def _empty_expenses(expenses: Any) -> None:
    """Amount and sort stay with the payment; the file goes once this is committed."""
    with_file = expenses.exclude(receipt="")
    FileToRemove.objects.bulk_create(
        FileToRemove(name=name, since=clock.now())
        for name in with_file.values_list("receipt", flat=True)
    )
    with_file.update(no_receipt_because=RECEIPT_GONE)
    expenses.exclude(no_receipt_because="").update(no_receipt_because=RECEIPT_GONE)
    expenses.update(receipt="", what="", told="")


def _forget_account(people: list[Person]) -> None:
    accounts = PayoutAccount.objects.filter(person__in=people)
    keys = list(accounts.values_list("pk", flat=True))
    accounts.update(
        **payout_accounts.NOTHING_KNOWN,
        state=PayoutAccount.State.REMOVED,
        changed_at=clock.now(),
        payee_reference="",
        was_ready=False,
        wait_until=None,
    )
    accounts.filter(stripe_account__isnull=False).update(close_since=F("changed_at"))
    _, history = histories()
    history.objects.filter(pgh_obj__in=keys).delete()


def is_clear(people: list[Person]) -> bool:
    """Is nothing owed?"""
    return not any(in_the_way(person) for person in people)
