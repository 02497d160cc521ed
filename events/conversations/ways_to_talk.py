"""By phone or by video: what the person answers beforehand, and by which link or number they join.

Each act holds the lock of the series' row; the messages that tell of it commit with it.
"""

from typing import Unpack

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from events.conversations import kinds, news
from events.models import Conversation, ConversationSeries
from events.models.conversation import BookingAnswers
from events.models.conversation_states import State
from payments.owing import offering


@transaction.atomic
def change_answers(conversation: Conversation, **answers: Unpack[BookingAnswers]) -> Conversation:
    """Change how they talk, the number, the topics, what helps, the capacity.

    Both are told where they talk in another way. Raises RuleError once it has begun.
    """
    conversation = conversation.locked()
    if not conversation.is_upcoming:
        raise RuleError(
            "This conversation has begun or was cancelled, so the answers can no longer be changed."
        )
    way_before = (conversation.how, conversation.who_rings)
    for name, value in answers.items():
        setattr(conversation, name, value)
    if way_before == (conversation.how, conversation.who_rings):
        conversation.save()
    else:
        conversation.calendar_sequence += 1
        conversation.save()
        news.tell_both(conversation, kinds.CHANGED)
    offering.settle(conversation)
    return conversation


@transaction.atomic
def set_link(conversation: Conversation, link: str) -> Conversation:
    """Give this conversation a video link of its own ("" for none); the person is told of it.

    Raises RuleError by phone, and once it is over.
    """
    conversation = conversation.locked()
    if not conversation.is_on or conversation.is_by_phone:
        raise RuleError("This conversation is by phone, is over or was cancelled.")
    if (conversation.video_link or "") != link:
        conversation.video_link = link or None
        conversation.save(update_fields=["video_link"])
        news.tell_how_to_join(conversation)
    return conversation


def tell_of_new_link(series: ConversationSeries) -> int:
    """The host's usual link is another one: tell everybody who has booked and joins by it.

    Returns how many. The caller holds the series.
    """
    by_usual_link = [row for row in _still_on(series) if not row.is_by_phone and not row.video_link]
    for row in by_usual_link:
        news.tell_how_to_join(row)
    return len(by_usual_link)


def check_number(series: ConversationSeries) -> None:
    """Raise RuleError where somebody is to ring the host and there is no number.

    The caller holds the series.
    """
    ringing = _ringing_the_host(series)
    if ringing and not series.ring_host_on:
        raise RuleError(
            f"{ringing[0].person} is to ring you on this number, so please leave one, or cancel "
            "that first."
        )


def tell_of_new_number(series: ConversationSeries) -> int:
    """The host's number is another one: tell everybody who has booked and is to ring it.

    Returns how many. The caller holds the series.
    """
    ringing = _ringing_the_host(series)
    for row in ringing:
        news.tell_how_to_join(row)
    return len(ringing)


def _ringing_the_host(series: ConversationSeries) -> list[Conversation]:
    """Those in which the person rings the host."""
    return [row for row in _still_on(series) if row.is_by_phone and not row.host_rings]


def _still_on(series: ConversationSeries) -> list[Conversation]:
    """Those that are booked and not over."""
    rows = series.conversations.filter(state=State.BOOKED, slot__ends_at__gt=clock.now())
    return list(rows.select_related("person", "slot").order_by("pk"))
