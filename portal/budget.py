"""What a call has promised, owes, has paid, and has left: sessions, conversations and payments."""

from typing import TypedDict

from django.db.models import Count, Exists, OuterRef, Sum

from collective.models import Activity, Call
from events.models import Conversation, Registration, Session
from events.models.conversation_states import ConversationQuerySet
from events.models.registration_states import State
from payments import board
from payments.models import Capacity, Payment
from payments.models.payment_states import ENDED


class Earnings(TypedDict):
    """What conversations have earned, and what is to come, in pence, with their numbers."""

    earned: int
    earned_number: int
    to_come: int
    to_come_number: int


class Budget(TypedDict):
    """Where a call's money is, in pence; "left" is None without a budget."""

    promised: int
    due: int
    paid: int
    left: int | None
    budget: int | None
    talks: Earnings


def budget(call: Call) -> Budget:
    """What a call has promised, owes, has paid, and has left.

    Promised is what confirmed places and booked conversations earn if everybody comes; people who
    take part in a paid role earn nothing.
    """
    talks = conversations_of(call)
    promised = _promised_places(call) + talks["to_come"]
    due, paid = board.sums(call)
    left = None if call.budget_pence is None else call.budget_pence - promised - due - paid
    return {
        "promised": promised,
        "due": due,
        "paid": paid,
        "left": left,
        "budget": call.budget_pence,
        "talks": talks,
    }


def _promised_places(call: Call) -> int:
    places = Registration.objects.filter(session__call=call, state=State.CONFIRMED, payment=None)
    places = places.exclude(capacity=Capacity.PAID_ROLE)
    places = places.exclude(session__state=Session.State.CANCELLED)
    return places.aggregate(sum=Sum("fee_pence"))["sum"] or 0


def conversations_of(call: Call) -> Earnings:
    """What the conversations of a call have earned and what is to come.

    To come is what booked ones earn if all are held; where the small fee is only for people who
    have no paid session, without those who have one.
    """
    payments = Payment.objects.of_call(call).exclude(state__in=ENDED)
    of_talks = payments.filter(activity__kind=Activity.Kind.CONVERSATION, fee_pence__isnull=False)
    earned = of_talks.aggregate(number=Count("pk"), sum=Sum("fee_pence"))
    to_come = _booked(call).aggregate(number=Count("pk"), sum=Sum("fee_pence"))
    return {
        "earned": earned["sum"] or 0,
        "earned_number": earned["number"],
        "to_come": to_come["sum"] or 0,
        "to_come_number": to_come["number"],
    }


def _booked(call: Call) -> ConversationQuerySet:
    """Conversations that will earn their fee, if they are held."""
    rows = Conversation.objects.filter(
        series__call=call, state=Conversation.State.BOOKED, payment=None
    )
    rows = rows.exclude(capacity=Capacity.PAID_ROLE)
    if call.pay_rule != Call.PayRule.SMALL_FEE_ONLY:
        return rows
    places = Registration.objects.filter(
        session__call=call, state__in=[State.CONFIRMED, State.ATTENDED], fee_pence__isnull=False
    )
    paid = places.exclude(capacity=Capacity.PAID_ROLE).filter(person=OuterRef("person"))
    return rows.exclude(Exists(paid))
