"""Paying by hand: the host's finance office pays, a voucher is bought, cash is handed over.

Never twice.

An export puts payments on the way and gives them one live attempt each, so that no second export
holds them; whoever did not export them records what came back.
"""

import uuid
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Person
from payments import kinds
from payments.models import Payment, PaymentRules, PayoutAccount, PayoutAttempt
from payments.models.attempt_states import State as At
from payments.models.payment import PaymentQuerySet
from payments.models.payment_event import What
from payments.models.payment_states import State
from payments.models.payout_attempt import AttemptQuerySet
from payments.sending.stops import left_today, stopped_because

A_BATCH = 500
LONGEST_REFERENCE = 60
NOT_THERE = "no payment with this reference is with the finance office."
NOT_BY_THEM = "whoever exported it, or is paid, does not say what became of it. Ask a colleague."
Row = tuple[Payment, PayoutAttempt, PayoutAccount | None]


def ready() -> PaymentQuerySet:
    """Approved, and to be paid by hand.

    The way that the person chose can be used, and has waited if it was changed.
    """
    return Payment.objects.may_go().filter(method__in=Payment.BY_HAND).order_by("approved_at", "pk")


def waiting() -> PaymentQuerySet:
    """Approved and to be paid by hand, but not to be exported yet."""
    rows = Payment.objects.filter(state=State.APPROVED, method__in=Payment.BY_HAND)
    return rows.exclude(pk__in=ready().order_by().values("pk"))


def with_the_office() -> AttemptQuerySet:
    """What was given to the finance office, and nobody has recorded yet."""
    return PayoutAttempt.objects.filter(method__in=Payment.BY_HAND, state=At.READY)


@transaction.atomic
def export(by: Person) -> UUID | None:
    """Put everything that is ready on the way, in one batch.

    Returns its key, or None if there is nothing. Raises RuleError while sending is stopped.
    """
    rows = ready().select_for_update(no_key=True, of=("self",), skip_locked=True)[:A_BATCH]
    payments, rules = list(rows), PaymentRules.lock()
    if reason := stopped_because(rules):
        raise RuleError(reason)
    batch, left, exported = uuid.uuid4(), left_today(rules), False
    for payment in payments:
        if payment.amount_pence <= left:  # what is above may go in tomorrow's export
            left -= payment.amount_pence
            _put_on_the_way(payment, batch, by)
            exported = True
    return batch if exported else None


def _put_on_the_way(payment: Payment, batch: UUID, by: Person) -> None:
    PayoutAttempt.objects.create(
        payment=payment,
        method=payment.method,
        amount_pence=payment.amount_pence,
        batch=batch,
        exported_by=by,
        request={"method": payment.method, "reference": payment.reference},
    )
    payment.step(State.SENDING, What.EXPORTED, by, batch=str(batch))


def rows_of(batch: UUID) -> list[Row]:
    """[(payment, attempt, account)] of one export, as often as it is downloaded."""
    related = "payment__person", "payment__activity__call"
    rows = PayoutAttempt.objects.filter(batch=batch).select_related(*related)
    attempts = list(rows.order_by("payment__person__name", "pk"))
    people = {row.payment.person_id for row in attempts}
    accounts = {row.person_id: row for row in PayoutAccount.objects.filter(person__in=people)}
    return [(row.payment, row, accounts.get(row.payment.person_id)) for row in attempts]


@dataclass(frozen=True)
class Said:
    """What somebody says of one payment: with which reference the finance office paid it."""

    reference: str
    theirs: str
    voucher_code: str = ""
    attempt: UUID | None = None  # the sending that they were shown; None: the one that there is


def _with_the_office(reference: str, by: Person) -> PayoutAttempt:
    """The attempt with our reference, locked with its payment.

    Raises RuleError if it is not with the finance office, or this person may not say what became of
    it.
    """
    ours = with_the_office().filter(payment__reference=reference.strip().upper())
    found = ours.first()
    if found is None:
        raise RuleError(f"{reference}: {NOT_THERE}")
    attempt = PayoutAttempt.objects.lock_with_payment(found.pk)
    if attempt.state != At.READY:
        raise RuleError(f"{reference}: somebody has recorded this already.")
    if by.pk in {attempt.exported_by_id, attempt.payment.person_id}:
        raise RuleError(f"{attempt.payment.reference}: {NOT_BY_THEM}")
    return attempt


def why_not(attempt: PayoutAttempt, said: Said, account: PayoutAccount | None, by: Person) -> str:
    """Why this cannot be recorded of an attempt that is with the office; "" if it can."""
    if by.pk in {attempt.exported_by_id, attempt.payment.person_id}:
        return NOT_BY_THEM
    if not said.theirs.strip():
        return "it has no reference of the finance office yet."
    if len(said.theirs.strip()) > LONGEST_REFERENCE:
        return f"the reference of the finance office is longer than {LONGEST_REFERENCE} letters."
    if said.attempt not in {None, attempt.pk}:
        return "it has changed since you looked at it. Look again."
    on_page = account is not None and account.deliver == PayoutAccount.Deliver.PAGE
    needs_code = attempt.payment.method == Payment.Method.VOUCHER and on_page
    if needs_code and not said.voucher_code.strip():
        return "they read the voucher's code on their own page, so give it too."
    return ""


@transaction.atomic
def record(said: Said, by: Person) -> Payment:
    """Note that it was paid, with the finance office's own reference, and tell the person.

    Raises RuleError for the person who exported it, or is paid.
    """
    attempt = _with_the_office(said.reference, by)
    account = PayoutAccount.objects.filter(person=attempt.payment.person_id).first()
    if reason := why_not(attempt, said, account, by):
        raise RuleError(f"{attempt.payment.reference}: {reason}")
    attempt.hand_reference = said.theirs.strip()
    attempt.voucher_code = said.voucher_code.strip() or None
    _note_as_sent(attempt, by)
    return attempt.payment


def _note_as_sent(attempt: PayoutAttempt, by: Person) -> None:
    attempt.state, attempt.recorded_by = At.POSTED, by
    attempt.save()
    payment, key = attempt.payment, str(attempt.pk)
    payment.sent_at, payment.problem = clock.now(), ""
    event = payment.step(State.SENT, What.SENT, by, attempt=key, reference=attempt.hand_reference)
    mail.tell(payment.person, kinds.SENT, payment, revision=f"by hand {event.pk}")


@transaction.atomic
def was_not_paid(reference: str, why: str, by: Person) -> Payment:
    """It came back from the office unpaid: approved again, for the next export.

    Raises RuleError without a reason.
    """
    attempt, why = _with_the_office(reference, by), why.strip()[:200]
    if not why:
        raise RuleError("Say why it was not paid.")
    attempt.state, attempt.error = At.REFUSED, why
    attempt.save()
    attempt.payment.step(State.APPROVED, What.REFUSED, by, why=why)
    return attempt.payment
