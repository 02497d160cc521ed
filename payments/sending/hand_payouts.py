"""Paying by hand: the host's finance office pays, a voucher is bought, cash is handed over.

Never twice.

An export puts payments on the way and gives them one live attempt each, so that no second export
holds them; whoever did not export them records what came back.
"""

import uuid
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


def _with_the_office(reference: str, by: Person) -> PayoutAttempt:
    """The attempt with our reference, locked with its payment.

    Raises RuleError if it is not with the finance office, or this person may not say what became of
    it.
    """
    ours = PayoutAttempt.objects.filter(payment__reference=reference.strip().upper())
    found = ours.filter(method__in=Payment.BY_HAND, state=At.READY).first()
    if found is None:
        raise RuleError(f"{reference}: no payment with this reference is with the finance office.")
    attempt = PayoutAttempt.objects.lock_with_payment(found.pk)
    if attempt.state != At.READY:
        raise RuleError(f"{reference}: somebody has recorded this already.")
    if by.pk in {attempt.exported_by_id, attempt.payment.person_id}:
        raise RuleError(
            f"{attempt.payment.reference}: whoever exported it, or is paid, does not say what "
            "became of it. Ask a colleague."
        )
    return attempt


@transaction.atomic
def record(reference: str, theirs: str, by: Person, *, voucher_code: str = "") -> Payment:
    """Note that it was paid, with the finance office's own reference.

    Raises RuleError for the person who exported it, or is paid.
    """
    attempt = _with_the_office(reference, by)
    attempt.hand_reference, attempt.voucher_code = theirs.strip()[:60], voucher_code.strip() or None
    if not attempt.hand_reference:
        raise RuleError(f"{reference}: give the reference of the finance office.")
    if _needs_code(attempt.payment) and not attempt.voucher_code:
        raise RuleError(
            f"{reference}: they read the voucher's code on their own page, so give it too."
        )
    _note_as_sent(attempt, by)
    return attempt.payment


def _note_as_sent(attempt: PayoutAttempt, by: Person) -> None:
    attempt.state, attempt.recorded_by = At.POSTED, by
    attempt.save()
    payment, key = attempt.payment, str(attempt.pk)
    payment.sent_at, payment.problem = clock.now(), ""
    payment.step(State.SENT, What.SENT, by, attempt=key, reference=attempt.hand_reference)
    mail.tell(payment.person, kinds.SENT, payment, revision=key)


def _needs_code(payment: Payment) -> bool:
    account = PayoutAccount.objects.filter(person=payment.person_id).first()
    on_page = account is not None and account.deliver == PayoutAccount.Deliver.PAGE
    return payment.method == Payment.Method.VOUCHER and on_page


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
