"""What became of a conversation: held, or not and why; and the payment that follows in the same
transaction.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Call, Person
from events.conversations import booking, first_choice, opening
from events.models import Conversation, Registration
from events.models.conversation_states import State
from payments.owing import offering

WORTH_SAYING = {State.MISSED, State.HOST_MISSED, State.FAILED}


@transaction.atomic
def mark(conversation: Conversation, state, by: Person) -> Conversation:
    """Note what became of it, or (booked) undo that.

    Raises RuleError before it has begun, or for a cancelled one.

    Not held through no fault of the person's: they have first choice of new times, and staff decide
    on the payment.
    """
    conversation = booking.locked(conversation)
    if conversation.state == state:
        return conversation
    if conversation.state == State.CANCELLED or not conversation.slot.has_started:
        raise RuleError(
            "This conversation has not begun yet, or was cancelled, so there is nothing to note."
        )
    if conversation.pay_anyway is not None and by.pk == conversation.series.host_id:
        raise RuleError(
            "Our team has decided on the payment already. Please ask them to change this."
        )
    if by.pk == conversation.person_id:
        raise RuleError("Nobody confirms their own conversation. Ask a colleague.")
    if state == State.BOOKED:
        conversation.turn = booking.free_turn(conversation.series, conversation.person)
    was_not_their_fault = conversation.keeps_right
    conversation.state, conversation.pay_anyway = state, None
    conversation.confirmed_by = by if state == State.HELD else None
    conversation.marked_at = None if state == State.BOOKED else clock.now()
    conversation.save()
    offering.settle(conversation, by)
    with opening.noting_new_times(conversation.series):
        if conversation.keeps_right:
            first_choice.keep_nearest(conversation.series, conversation.person)
        elif was_not_their_fault:
            first_choice.lose_first_choice(conversation.series, conversation.person)
            first_choice.serve(conversation.series)
    _tell(conversation)
    return conversation


def _tell(conversation: Conversation) -> None:
    if conversation.state in WORTH_SAYING:
        mail.tell(
            conversation.person,
            "conversation_not_held",
            conversation,
            revision=conversation.outcome_revision,
        )
    elif conversation.state == State.HELD and conversation.is_unsure:
        mail.tell(conversation.person, "ask_conversation_capacity", conversation)


@transaction.atomic
def decide_payment(conversation: Conversation, pays, by: Person) -> Conversation:
    """Staff decide whether one that was not held, through no fault of the person's, is paid.

    Raises RuleError.
    """
    conversation = booking.locked(conversation)
    if not conversation.keeps_right:
        raise RuleError("Only a conversation that the host missed, or that failed, is decided on.")
    if by.pk == conversation.person_id:
        raise RuleError("Nobody decides on a payment of their own. Ask a colleague.")
    conversation.pay_anyway, conversation.confirmed_by = pays, by if pays else None
    conversation.save()
    offering.settle(conversation, by)
    if pays and conversation.is_unsure:
        mail.tell(conversation.person, "ask_conversation_capacity", conversation)
    return conversation


@transaction.atomic
def correct_capacity(conversation: Conversation, capacity: str, by: Person) -> Conversation:
    """Say anew in which capacity they take part; the payment follows.

    Once it is approved, no more: RuleError.
    """
    conversation = booking.locked(conversation)
    if conversation.capacity == capacity:
        return conversation
    if not conversation.is_live or not conversation.can_correct_capacity:
        raise RuleError(
            "The payment is approved already, so this can no longer be changed here. Please "
            "call us."
        )
    conversation.capacity = capacity
    conversation.save()
    offering.settle(conversation, by)
    return conversation


def settle_left_out():
    """The sweep: held conversations that earned nothing because of a paid session which the person
    no longer has; returns (seen, done).
    """
    held = Conversation.objects.filter(
        state=State.HELD, payment=None, capacity="personal", fee_pence__isnull=False
    )
    held = held.filter(series__call__pay_rule=Call.PayRule.SMALL_FEE_ONLY)
    places = Registration.objects.filter(
        person=OuterRef("person"),
        session__call=OuterRef("series__call"),
        fee_pence__isnull=False,
        state__in=[Registration.State.CONFIRMED, Registration.State.ATTENDED],
    )
    rows = (
        held.filter(~Exists(places.exclude(capacity="paid_role")))
        .select_related("series")
        .order_by("pk")[:100]
    )
    return sweeps.each([(row,) for row in rows], _settle)


@transaction.atomic
def _settle(conversation: Conversation) -> bool:
    conversation = booking.locked(conversation)
    offering.settle(conversation)
    return conversation.payment_id is not None
