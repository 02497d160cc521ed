"""A conversation given up by a link of a mail: its time is kept for a while, and can be taken back.

As with places (`events/sessions/leaving.py`): some mail scanners press buttons. The time stays
booked until `leaves_at`; then it is cancelled as ever, and the host is told.
"""

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from events.conversations import kinds, news
from events.given_up import kept_until
from events.models import Conversation
from events.models.conversation_states import State


@transaction.atomic
def give_up_by_link(conversation: Conversation) -> Conversation:
    """Give up the time; until `leaves_at` it can be taken back. A second press changes nothing.

    Raises RuleError once it has begun.
    """
    conversation = conversation.locked()
    if conversation.state == State.CANCELLED or conversation.is_leaving:
        return conversation
    if not conversation.is_upcoming:
        raise RuleError("This conversation has begun, so it can no longer be cancelled.")
    conversation.leaves_at = kept_until(conversation.slot.starts_at, clock.now())
    conversation.save()
    news.tell_person(conversation, kinds.LEAVING, conversation.leaves_at)
    return conversation


@transaction.atomic
def take_back(conversation: Conversation) -> Conversation:
    """It is booked as it was. A second press changes nothing.

    Raises RuleError once its time has passed.
    """
    conversation = conversation.locked()
    if conversation.state == State.BOOKED and not conversation.is_leaving:
        return conversation
    if not conversation.can_take_back:
        raise RuleError("This can no longer be taken back. You can book a new time.")
    return keep(conversation)


def keep(conversation: Conversation) -> Conversation:
    """Note that it is not given up after all, and say so; the caller holds the series."""
    conversation.leaves_at = None
    conversation.save()
    news.tell_person(conversation, kinds.KEPT, conversation.slot.ends_at)
    return conversation
