"""What became of a conversation: held, or not and why; the payment follows at once."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Call, Person
from events.conversations import booking, kinds
from events.conversations.times import first_choice
from events.conversations.times.new_times import noting_new_times
from events.models import Conversation, Registration
from events.models.conversation_states import State
from payments.owing import offering

WORTH_SAYING = {State.MISSED, State.HOST_MISSED, State.FAILED}
Capacity = Conversation.Capacity


@transaction.atomic
def mark(conversation: Conversation, state: str, by: Person) -> Conversation:
    """Note what became of it, or (booked) take that back.

    Not held through no fault of the person's: they have first choice of new times, and staff decide
    on the payment. Raises RuleError before it has begun, or for a cancelled one.
    """
    conversation = conversation.locked()
    if conversation.state == state:
        return conversation
    _check_may_mark(conversation, by)
    had_first_choice = conversation.keeps_right
    _write_outcome(conversation, state, by)
    offering.settle(conversation, by)
    with noting_new_times(conversation.series):
        if conversation.keeps_right:
            first_choice.keep_nearest(conversation.series, conversation.person)
        elif had_first_choice:
            first_choice.take_back(conversation.series, conversation.person)
            first_choice.keep_for_the_waiting(conversation.series)
    _tell_of_outcome(conversation)
    return conversation


def _check_may_mark(conversation: Conversation, by: Person) -> None:
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


def _write_outcome(conversation: Conversation, state: str, by: Person) -> None:
    if state == State.BOOKED:
        conversation.turn = booking.free_turn(conversation.series, conversation.person)
    conversation.state, conversation.pay_anyway, conversation.leaves_at = state, None, None
    conversation.confirmed_by = by if state == State.HELD else None
    conversation.marked_at = None if state == State.BOOKED else clock.now()
    conversation.save()


def _tell_of_outcome(conversation: Conversation) -> None:
    if conversation.state in WORTH_SAYING:
        mail.tell(
            conversation.person,
            kinds.NOT_HELD,
            conversation,
            revision=conversation.outcome_revision,
        )
    elif conversation.state == State.HELD:
        _ask_capacity_if_unsure(conversation)


def _ask_capacity_if_unsure(conversation: Conversation) -> None:
    if conversation.is_unsure:
        mail.tell(conversation.person, kinds.ASK_CAPACITY, conversation)


@transaction.atomic
def decide_payment(conversation: Conversation, pays: bool, by: Person) -> Conversation:
    """Staff decide whether one that was not held, through no fault of the person's, is paid.

    Raises RuleError for any other, and for their own.
    """
    conversation = conversation.locked()
    if not conversation.keeps_right:
        raise RuleError("Only a conversation that the host missed, or that failed, is decided on.")
    if by.pk == conversation.person_id:
        raise RuleError("Nobody decides on a payment of their own. Ask a colleague.")
    conversation.pay_anyway, conversation.confirmed_by = pays, by if pays else None
    conversation.save()
    offering.settle(conversation, by)
    if pays:
        _ask_capacity_if_unsure(conversation)
    return conversation


@transaction.atomic
def correct_capacity(conversation: Conversation, capacity: str, by: Person) -> Conversation:
    """Say anew in which capacity they take part; the payment follows.

    Raises RuleError once the payment is approved.
    """
    conversation = conversation.locked()
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


def settle_left_out() -> tuple[int, int]:
    """The sweep: held conversations that earned nothing, as the person had a paid session then.

    They no longer have it now, so the small fee is due. Returns (seen, done).
    """
    held = Conversation.objects.filter(
        state=State.HELD,
        payment=None,
        capacity=Capacity.PERSONAL,
        fee_pence__isnull=False,
        series__call__pay_rule=Call.PayRule.SMALL_FEE_ONLY,
    )
    places = Registration.objects.filter(
        person=OuterRef("person"),
        session__call=OuterRef("series__call"),
        fee_pence__isnull=False,
        state__in=[Registration.State.CONFIRMED, Registration.State.ATTENDED],
    )
    left_out = held.filter(~Exists(places.exclude(capacity=Capacity.PAID_ROLE)))
    rows = left_out.select_related("series").order_by("pk")[:100]
    return sweeps.each([(row,) for row in rows], _settle_one_left_out)


@transaction.atomic
def _settle_one_left_out(conversation: Conversation) -> bool:
    conversation = conversation.locked()
    offering.settle(conversation)
    return conversation.payment_id is not None
