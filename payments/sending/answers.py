"""What Stripe answered to one sending: taken on, a clear no, or nothing that anybody can read."""

from datetime import datetime, timedelta

from django.db import transaction

from collective import clock
from collective.messages import mail
from collective.models import Person
from payments import kinds, problems
from payments.models import PaymentRules, PayoutAttempt
from payments.models.attempt_states import State as At
from payments.models.payment_event import What
from payments.models.payment_states import State
from payments.owing.approvals import approvers
from payments.sending import movements, reviews
from payments.sending.stripe_says import Answer, Movement, Refused

AGAIN_AFTER = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
]
REVIEW_AFTER = timedelta(hours=24)  # Stripe keeps keys for 30 days; a person looks long before


@transaction.atomic
def write(claimed: PayoutAttempt, answer: Answer) -> bool:
    """Write what was answered, if this worker still holds the lease.

    Returns whether Stripe has taken it on.
    """
    attempt = PayoutAttempt.objects.lock_with_payment(claimed.pk)
    if attempt.lease != claimed.lease:
        return False
    attempt.lease = attempt.lease_until = None
    if not (isinstance(answer, Movement) and answer.fits(attempt)):
        _write_not_taken_on(attempt, answer)
        return False
    movements.write(attempt, answer)
    return True


def _write_not_taken_on(attempt: PayoutAttempt, answer: Answer) -> None:
    if not attempt.is_open:  # Stripe has told us of it meanwhile
        attempt.save()
    elif not isinstance(answer, Refused) or attempt.had_unknown:
        _write_unknown(attempt, answer)
    else:
        _write_no(attempt, answer)


def _write_unknown(attempt: PayoutAttempt, answer: Answer) -> None:
    """Unknown: the same key and body, ever more slowly; after a day a person looks."""
    attempt.state, attempt.error = At.UNKNOWN, _words(answer)[:200]
    attempt.had_unknown, attempt.calling = True, False
    attempt.next_try_at = _next_try(attempt)
    attempt.save()
    attempt.payment.note(
        What.UNKNOWN, attempt=str(attempt.pk), answer=attempt.error, tries=attempt.tries
    )


def _words(answer: Answer) -> str:
    if isinstance(answer, Movement):
        return "The answer does not fit what we asked"
    if isinstance(answer, Refused):
        return f"Refused after an unclear answer: {answer.code}"
    return answer.words


def _next_try(attempt: PayoutAttempt) -> datetime:
    if attempt.tries <= len(AGAIN_AFTER):
        return clock.now() + AGAIN_AFTER[attempt.tries - 1]
    return (attempt.first_sent_at or clock.now()) + REVIEW_AFTER


def _write_no(attempt: PayoutAttempt, refused: Refused) -> None:
    """A clear no to a key that never had an unclear answer: nothing was sent."""
    attempt.calling, attempt.error = False, refused.code[:200]
    if refused.why == "other":
        reviews.give_to_people(attempt, f"Stripe refused it. {problems.of_code(refused.code)}")
        return
    attempt.state = At.REFUSED
    attempt.save()
    if refused.why == "money":
        attempt.payment.step(State.APPROVED, What.NO_MONEY, attempt=str(attempt.pk))
        _note_shortage(attempt.amount_pence)
    else:
        movements.ask_for_new_details(attempt, refused.code, What.REFUSED)


def _note_shortage(pence: int) -> None:
    """Money is missing: the payments wait, approved, and finance hears of it once."""
    rules, now = PaymentRules.lock(), clock.now()
    is_new = rules.short_of_money_since is None
    PaymentRules.note(
        short_of_money_since=rules.short_of_money_since or now,
        short_of_pence=pence,
        short_tried_at=now,
    )
    if is_new:
        for person in approvers().filter(reach_by=Person.ReachBy.EMAIL).order_by("pk"):
            mail.tell(person, kinds.SHORT_OF_MONEY, person, revision=now.isoformat())
