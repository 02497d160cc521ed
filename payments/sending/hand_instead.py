"""A payment that failed is paid by hand instead: through the host's finance office.

The office knows the payee, so no colleague says where the money goes. Nothing is sent before the
person could say no: they are told by every way that they have, it waits as after each change, and
it is approved anew by somebody else than whoever noted it (decision 31).
"""

from uuid import UUID

from django.db import transaction

from collective.errors import RuleError
from collective.models import Person
from collective.people import standing
from payments.models import Payment
from payments.models.payment_event import What
from payments.models.payment_states import State
from payments.owing import approvals
from payments.sending import payout_accounts
from payments.sending.payout_accounts import ByHand

NOT_FAILED = "It has not failed, or was put right meanwhile. Look at it again."


@transaction.atomic
def through_the_office(payment_id: UUID, why: str, by: Person) -> Payment:
    """Turn to the finance office what failed, and whatever else of this person's is approved.

    Raises RuleError for one's own payment, without a reason, or where it has not failed.
    """
    why = why.strip()[:200]
    if not why:
        raise RuleError("Say why: whoever approves it reads it.")
    person = standing.record_of(Payment.objects.values_list("person", flat=True).get(pk=payment_id))
    if person.pk == by.pk:
        raise RuleError("It is your own payment. Choose on your own page how you are paid.")
    if Payment.objects.lock(payment_id).state != State.FAILED:
        raise RuleError(NOT_FAILED)
    _, turned = payout_accounts.note_by_hand(person, ByHand(Payment.Method.OFFICE), by)
    for payment in turned:
        approvals.end_approval(payment, by)
    payment = next(row for row in turned if row.pk == payment_id)
    payment.note(What.BY_HAND, by, why=why)
    return payment
