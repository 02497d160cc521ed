"""The pay rule of a call: where the small fee is only for people without a paid session in it."""

from collections.abc import Callable

from collective.models import Activity, Call, Person
from payments.models import Payment
from payments.models.payment_states import State

SMALL_FEES = [Activity.Kind.CONVERSATION, Activity.Kind.OWN_TIME]
AsksPaidSession = Callable[[Person, Call], bool]
_asks_paid_session: list[AsksPaidSession] = []


def register_paid_session(asks: AsksPaidSession) -> None:
    """Add `asks(person, call)`: do they hold a place that will earn a session's fee in this call?

    Only whoever keeps the places knows it, and stands above payments.
    """
    _asks_paid_session.append(asks)


def covered_by_session(person: Person, activity: Activity) -> bool:
    """Is this a small fee that is only for people without a paid session, and have they one?

    Locks the person, so that two fees that become due at once are decided one after the other.
    """
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    call = activity.call
    if call.pay_rule != Call.PayRule.SMALL_FEE_ONLY or activity.kind not in SMALL_FEES:
        return False
    fees = Payment.objects.filter(person=person, fee_pence__isnull=False).of_call(call)
    paid = fees.exclude(state=State.CANCELLED).exclude(activity__kind__in=SMALL_FEES)
    return paid.exists() or any(asks(person, call) for asks in _asks_paid_session)
