"""What the person chooses, privately, and the reminders until they do.

To be paid, a smaller amount, to decline, to give it, or not sure yet.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.messages import every_way, mail
from collective.models import Person
from collective.templatetags.collective import pounds
from payments import kinds
from payments.models import Payment
from payments.models.payment import ON_THEIR_OWN_PAGE
from payments.models.payment_event import What
from payments.models.payment_states import ENDED, PAID, Choice, State
from payments.owing.approvals import end_approval
from payments.owing.offering import REMIND_AFTER, open_state

A_BATCH = 200
ON_ITS_WAY = (
    "This payment is on its way already, so the choice can no longer be changed. Please call us."
)
SENT = "This payment was sent already, so the choice can no longer be changed."
NOTHING_TO_PAY = (
    "There is nothing to pay for this at the moment, so there is nothing to choose. "
    "If you think that is wrong, please call us."
)
ONLY_EXPENSES = "This pays back what it cost you. There is nothing to choose."


@transaction.atomic
def choose(payment_id: UUID, choice: str, by: Person, *, taken_pence: int | None = None) -> Payment:
    """Note what was chosen; until it is sent it can be chosen anew.

    An approval of something else ends. Whoever gives the payment up has a receipt by mail.

    `taken_pence` is the smaller amount. Where a colleague notes it, the person is told so by every
    way that they have. Raises RuleError, with a sentence for the person, for what cannot be; and
    where a colleague notes it for somebody who has an address, and so a page, of their own.
    """
    payment = Payment.objects.lock(payment_id)
    is_own = by.pk == payment.person_id
    if not (is_own or payment.is_for_staff_to_note):
        raise RuleError(ON_THEIR_OWN_PAGE)
    if not payment.can_choose:
        raise RuleError(why_not(payment))
    taken = _taken(payment, choice, taken_pence)
    if (payment.choice, payment.taken_pence) == (choice, taken):
        return payment
    if payment.state == State.APPROVED:
        end_approval(payment, by)
    payment.choice, payment.taken_pence, payment.chosen_at = choice, taken, clock.now()
    event = payment.step(open_state(payment), What.CHOSE, by, choice=choice, pence=taken)
    if not is_own:
        every_way.tell(payment.person, kinds.NOTED, payment, str(event.pk))
    elif choice in {Choice.DECLINE, Choice.GIVE}:
        mail.tell(payment.person, kinds.NOT_TAKEN, payment, revision=str(event.pk))
    return payment


def why_not(payment: Payment) -> str:
    """Why nothing can be chosen about it, in a sentence for the person."""
    if payment.state in ENDED:
        return NOTHING_TO_PAY
    if payment.fee_pence is None:
        return ONLY_EXPENSES
    return SENT if payment.state in PAID else ON_ITS_WAY


def _taken(payment: Payment, choice: str, pence: int | None) -> int:
    """How much of the fee they take by this choice."""
    fee = payment.fee_pence or 0
    if choice == Choice.GIVE and not payment.activity.call.fund_name:
        raise RuleError("This call has no fund to give to.")
    if choice == Choice.SMALLER:
        if not pence or not 0 < pence < fee:
            raise RuleError(f"A smaller amount is between 1p and {pounds(fee - 1)}.")
        return pence
    return 0 if choice in {Choice.DECLINE, Choice.GIVE} else fee


def remind_all() -> tuple[int, int]:
    """The sweep: people who have not answered are reminded, at most three times.

    Whoever has switched reminders off is not looked at until they switch them on again.

    Returns (seen, done).
    """
    due = Payment.objects.filter(state=State.DUE, next_reminder_at__lte=clock.now())
    wanted = due.filter(person__wants_reminders=True)
    keys = wanted.order_by("next_reminder_at").values_list("pk", flat=True)[:A_BATCH]
    return sweeps.each([(key,) for key in keys], remind)


@transaction.atomic
def remind(payment_id: UUID) -> bool:
    """Write one reminder, if it is still wanted; returns whether one was written."""
    payment = Payment.objects.lock(payment_id)
    due_at = payment.next_reminder_at
    is_due = payment.state == State.DUE and due_at is not None and due_at <= clock.now()
    if not is_due or not payment.person.wants_reminders:
        return False
    is_wanted = not payment.is_answered
    if is_wanted:
        payment.reminders += 1
        mail.tell(payment.person, kinds.REMINDER, payment, revision=str(payment.reminders))
    payment.next_reminder_at = _next_reminder(payment)
    payment.save()
    return is_wanted


def _next_reminder(payment: Payment) -> datetime | None:
    """When the next one is due after those that were written, or None where none is to follow."""
    written = payment.reminders
    if payment.is_answered or written >= len(REMIND_AFTER):
        return None
    return clock.now() + REMIND_AFTER[written] - REMIND_AFTER[written - 1]
