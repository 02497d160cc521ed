"""What the person and the host are told of a change to a conversation, with the change itself."""

from datetime import datetime

from collective import clock
from collective.messages import mail
from events.conversations import kinds
from events.models import Conversation


def tell_both(conversation: Conversation, kind: str) -> None:
    """One message to the person and one to the host, for this change.

    Its revision is the calendar's sequence: an older message is then no longer true.
    """
    revision, until = str(conversation.calendar_sequence), conversation.slot.ends_at
    mail.tell(conversation.person, kind, conversation, revision=revision, not_after=until)
    mail.tell(
        conversation.series.host,
        kinds.HOST_NEWS,
        conversation,
        revision=f"{kind}@{revision}",
        not_after=until,
    )


def tell_how_to_join(conversation: Conversation) -> None:
    """For each change anew: the newest mail says how to join."""
    tell_person(conversation, kinds.HOW_TO_JOIN, conversation.slot.ends_at)


def tell_person(conversation: Conversation, kind: str, not_after: datetime) -> None:
    """Tell the person alone, each time anew."""
    mail.tell(
        conversation.person,
        kind,
        conversation,
        revision=f"{clock.now():%Y%m%dT%H%M%S%f}@{conversation.calendar_sequence}",
        not_after=not_after,
    )
