"""The pay rule of a call: where the small fee is only for people without a paid session in it."""

from collections.abc import Callable, Iterable

from collective.models import Activity, Call, Person
from payments.models import Payment
from payments.models.payment_states import State

SMALL_FEES = [Activity.Kind.CONVERSATION, Activity.Kind.OWN_TIME]
AsksPaidSessions = Callable[[Person], Iterable[int]]
_asks_paid_sessions: list[AsksPaidSessions] = []


def register_paid_sessions(asks: AsksPaidSessions) -> None:
    """Add `asks(person)`: keys of the calls where they hold a place that will earn a session's fee.

    Only whoever keeps the places knows it, and stands above payments.
    """
    _asks_paid_sessions.append(asks)


def is_for_people_without_session(activity: Activity) -> bool:
    """Is its fee a small one that, in this call, only people without a paid session are offered?"""
    return activity.kind in SMALL_FEES and activity.call.pay_rule == Call.PayRule.SMALL_FEE_ONLY


def calls_with_paid_session(person: Person) -> set[int]:
    """Keys of the calls in which this person has earned a session's fee, or has a place that will.

    It locks nothing: who decides what is owed asks `covered_by_session`.
    """
    fees = Payment.objects.filter(person=person, fee_pence__isnull=False)
    paid = fees.exclude(state=State.CANCELLED).exclude(activity__kind__in=SMALL_FEES)
    earned = set(paid.values_list("activity__call", flat=True))
    return earned.union(*(asks(person) for asks in _asks_paid_sessions))


def covered_by_session(person: Person, activity: Activity) -> bool:
    """Is this a small fee that is only for people without a paid session, and have they one?

    Locks the person, so that two fees that become due at once are decided one after the other.
    """
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not is_for_people_without_session(activity):
        return False
    return activity.call_id in calls_with_paid_session(person)
