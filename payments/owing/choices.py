"""What the person chooses, privately: to be paid, a smaller amount, to decline, to give it, or not
sure yet.
"""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.messages import mail
from collective.templatetags.collective import pounds
from payments.models import Payment
from payments.models.payment_states import Choice, State
from payments.owing.offering import REMIND_AFTER, open_state

if TYPE_CHECKING:
    from collective.models import Person

TOO_LATE = (
    "This payment is on its way already, so the choice can no longer be changed. Please call us."
)


@transaction.atomic
def choose(payment_id: UUID, choice, by: "Person", *, taken_pence=None):
    """Keep what was chosen; until it is sent it can be chosen anew.

    An approval of something else ends.

    `taken_pence` is the smaller amount. Raises RuleError, with a sentence for the person, for what
    cannot be.
    """
    payment = Payment.objects.lock(payment_id)
    if not payment.can_choose:
        raise RuleError(TOO_LATE)
    taken = _taken(payment, choice, taken_pence)
    if (payment.choice, payment.taken_pence) == (choice, taken):
        return payment
    if payment.state == State.APPROVED:
        unapprove(payment, by)
    payment.choice, payment.taken_pence, payment.chosen_at = choice, taken, clock.now()
    payment.state = open_state(payment)
    payment.save()
    payment.note("chose", by, choice=choice, pence=taken)
    return payment


def _taken(payment: Payment, choice, pence: int) -> int | None:
    if choice == Choice.GIVE and not payment.activity.call.fund_name:
        raise RuleError("This call has no fund to give to.")
    if choice == Choice.SMALLER:
        if not pence or not 0 < pence < payment.fee_pence:
            raise RuleError(f"A smaller amount is between 1p and {pounds(payment.fee_pence - 1)}.")
        return pence
    return 0 if choice in {Choice.DECLINE, Choice.GIVE} else payment.fee_pence


def unapprove(payment: Payment, by: "Person") -> None:
    """Two people approved something else than this: they look again.

    The caller holds the lock and saves.
    """
    payment.approved_by = payment.approved_at = None
    payment.method = ""
    payment.state = State.DUE
    payment.save()
    payment.note("unapproved", by)


def remind_all():
    """The sweep: who has not answered is reminded, at most three times; returns (seen, done)."""
    due = Payment.objects.filter(state=State.DUE, next_reminder_at__lte=clock.now()).order_by(
        "next_reminder_at"
    )
    return sweeps.each([(key,) for key in due.values_list("pk", flat=True)[:200]], remind)


@transaction.atomic
def remind(payment_id: UUID):
    """Write one reminder, if it is still wanted; returns whether one was written."""
    payment = Payment.objects.lock(payment_id)
    if (
        payment.state != State.DUE
        or not payment.next_reminder_at
        or payment.next_reminder_at > clock.now()
    ):
        return False
    wanted = not payment.is_answered and payment.person.wants_reminders
    if wanted:
        payment.reminders += 1
        mail.tell(payment.person, "payment_reminder", payment, revision=str(payment.reminders))
    more = not payment.is_answered and payment.reminders < len(REMIND_AFTER)
    step = (
        REMIND_AFTER[payment.reminders] - REMIND_AFTER[payment.reminders - 1]
        if more and wanted
        else timedelta(days=7)
    )
    payment.next_reminder_at = clock.now() + step if more else None
    payment.save()
    return wanted
