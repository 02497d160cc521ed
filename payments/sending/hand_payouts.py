"""Paying by hand: the host's finance office pays, a voucher is bought, cash is handed over.

Never twice.

An export puts payments on the way and gives them one live attempt each, so that no second export
holds them; whoever did not export them records what came back.
"""

import uuid
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from payments.models import Payment, PaymentRules, PayoutAccount, PayoutAttempt
from payments.models.payment import PaymentQuerySet
from payments.models.payment_states import State
from payments.sending.movements import locked
from payments.sending.payouts import stopped_because, within_today

if TYPE_CHECKING:
    from collective.models import Person

At = PayoutAttempt.State


def ready() -> PaymentQuerySet:
    """Approved, and to be paid by hand: the way that the person chose stands, and has waited if it
    was changed.
    """
    return Payment.objects.may_go().filter(method__in=Payment.BY_HAND).order_by("approved_at", "pk")


def waiting() -> PaymentQuerySet:
    """Approved and to be paid by hand, but not to be exported yet."""
    rows = Payment.objects.filter(state=State.APPROVED, method__in=Payment.BY_HAND)
    return rows.exclude(pk__in=ready().order_by().values("pk"))


@transaction.atomic
def export(by: "Person") -> UUID | None:
    """Put everything that is ready on the way, in one batch; returns its key, or None if there is
    nothing.
    """
    if reason := stopped_because():
        raise RuleError(reason)
    batch = uuid.uuid4()
    rows = list(ready().select_for_update(no_key=True, of=("self",), skip_locked=True)[:500])
    rules = PaymentRules.lock()
    left = within_today(rules)
    for payment in list(rows):
        if payment.amount_pence > left:
            rows.remove(payment)  # above what may go in a day: in tomorrow's export
            continue
        left -= payment.amount_pence
        PayoutAttempt.objects.create(
            payment=payment,
            method=payment.method,
            amount_pence=payment.amount_pence,
            batch=batch,
            exported_by=by,
            request={"method": payment.method, "reference": payment.reference},
        )
        payment.state = State.SENDING
        payment.save()
        payment.note("exported", by, batch=str(batch))
    return batch if rows else None


def rows_of(batch) -> list[tuple[Payment, PayoutAttempt, PayoutAccount | None]]:
    """[(payment, attempt, payee reference of the office, how)] of one export, as often as it is
    downloaded.
    """
    attempts = PayoutAttempt.objects.filter(batch=batch).select_related(
        "payment__person", "payment__activity__call"
    )
    attempts = list(attempts.order_by("payment__person__name", "pk"))
    people = {row.payment.person_id for row in attempts}
    accounts = {row.person_id: row for row in PayoutAccount.objects.filter(person__in=people)}
    return [(row.payment, row, accounts.get(row.payment.person_id)) for row in attempts]


def _find(reference) -> PayoutAttempt:
    attempt = PayoutAttempt.objects.filter(
        payment__reference=reference.strip().upper(), method__in=Payment.BY_HAND, state=At.READY
    ).first()
    if attempt is None:
        raise RuleError(f"{reference}: no payment with this reference is with the finance office.")
    return attempt


@transaction.atomic
def record(reference, hand_reference, by: "Person", *, voucher_code: str = ""):
    """Note that it was paid, with the office's own reference.

    Raises RuleError for who exported it, or is paid.
    """
    payment, attempt = locked(_find(reference).pk)
    if attempt.state != At.READY:
        raise RuleError(f"{reference}: somebody has recorded this already.")
    _check_second_person(payment, attempt, by)
    if not hand_reference.strip():
        raise RuleError(f"{reference}: give the reference of the finance office.")
    if _needs_code(payment) and not voucher_code.strip():
        raise RuleError(
            f"{reference}: they read the voucher's code on their own page, so give it too."
        )
    attempt.state, attempt.hand_reference, attempt.recorded_by = (
        At.POSTED,
        hand_reference.strip()[:60],
        by,
    )
    attempt.voucher_code = voucher_code.strip() or None
    attempt.save()
    payment.state, payment.sent_at, payment.problem = State.SENT, clock.now(), ""
    payment.save()
    payment.note("sent", by, attempt=str(attempt.pk), reference=attempt.hand_reference)
    mail.tell(payment.person, "payment_sent", payment, revision=str(attempt.pk))
    return payment


def _check_second_person(payment: Payment, attempt: PayoutAttempt, by: "Person") -> None:
    if by.pk in {attempt.exported_by_id, payment.person_id}:
        raise RuleError(
            f"{payment.reference}: whoever exported it, or is paid, does not say what became of "
            "it. Ask a colleague."
        )


def _needs_code(payment: Payment) -> bool:
    account = PayoutAccount.objects.filter(person=payment.person_id).first()
    on_page = account is not None and account.deliver == PayoutAccount.Deliver.PAGE
    return payment.method == Payment.Method.VOUCHER and on_page


@transaction.atomic
def was_not_paid(reference, why, by: "Person"):
    """It came back from the office unpaid: approved again, for the next export.

    Raises RuleError without a reason.
    """
    payment, attempt = locked(_find(reference).pk)
    if attempt.state != At.READY:
        raise RuleError(f"{reference}: somebody has recorded this already.")
    _check_second_person(payment, attempt, by)
    if not why.strip():
        raise RuleError("Say why it was not paid.")
    attempt.state, attempt.error = At.REFUSED, why.strip()[:200]
    attempt.save()
    payment.state = State.APPROVED
    payment.save()
    payment.note("refused", by, why=why.strip()[:200])
    return payment
