"""What a host writes down: a private note, and what was passed on as somebody may be at risk."""

from datetime import datetime

from collective import clock
from collective.errors import RuleError
from collective.models import Person
from events.models import Conversation, PassedOn


def _is_finished(conversation: Conversation) -> bool:
    finished = conversation.series.call.finished_at
    return finished is not None and finished <= clock.now()


def keep_note(conversation: Conversation, text: str) -> None:
    """Keep the host's private note, or take it away where it is empty.

    Raises RuleError once the call is finished.
    """
    if _is_finished(conversation):
        raise RuleError("The call is finished, so notes are removed and no new ones are kept.")
    Conversation.objects.filter(pk=conversation.pk).update(
        note=text.strip() or None, note_removed_at=None
    )


def note_passed_on(
    conversation: Conversation, moment: datetime, by: Person, *, to_whom: str, told: str
) -> PassedOn:
    """Put on record to whom it was passed on, when, and what the person was told.

    Raises RuleError for the future, and once the call is finished, as it would be removed at once.
    """
    if _is_finished(conversation):
        raise RuleError(
            "The call is finished, so nothing is kept here any more. Please tell our team directly."
        )
    if moment.date() < conversation.created_at.date():
        raise RuleError("This is before the conversation was booked. Is the day right?")
    if moment > clock.now():
        raise RuleError("This time is still to come. Note it when you have passed it on.")
    details = {"to_whom": to_whom.strip(), "told": told.strip()}
    return PassedOn.objects.create(
        conversation=conversation, details=details, passed_on_at=moment, noted_by=by
    )
