"""What rows about money hold, in words for staff: never a code of Stripe's."""

from collective.templatetags.collective import pounds
from payments import problems
from payments.models import Payment, PaymentEvent, PayoutAttempt
from payments.models.payment_states import State

# What an event's details are called, and how their values are written; keys of rows say nothing to
# a reader.
DETAIL_WORDS = {
    "pence": ("amount", pounds),
    "problem": ("why", problems.words),
    "why": ("why", problems.for_staff),
    "answer": ("answer", problems.for_staff),
    "attempt": None,
    "batch": None,
    "by": None,
}


def problem_of(payment: Payment) -> str:
    """What went wrong with a payment that failed, and what to do; "" for any other."""
    if payment.state != State.FAILED:
        return ""
    step = problems.next_step(is_for_staff_to_note=payment.is_for_staff_to_note)
    return f"{problems.words(payment.problem)} {step}"


def of_attempt(row: PayoutAttempt) -> str:
    """What is known of one sending: Stripe's key, the office's reference, what went wrong."""
    parts = [row.stripe_id or "", row.hand_reference, problems.for_staff(row.error)]
    parts.append(f"recorded by {row.recorded_by}" if row.recorded_by else "")
    return ", ".join(filter(None, parts))


def details_of(row: PaymentEvent) -> str:
    """The details of one event, each with its name."""
    found = []
    for name, value in row.details.items():
        label, write = DETAIL_WORDS.get(name, (name.replace("_", " "), str)) or ("", None)
        if write and value is not None:
            found.append(f"{label}: {write(value)}")
    return ", ".join(found)
