"""What was told in confidence: who saw it, and when it is removed.

It goes when its time has come, or earlier when the person wants it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Least

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.messages import mail
from collective.people import looks
from collective.people.by_whom import by_whom
from events.conversations import kinds
from events.models import Conversation, PassedOn, TimeRequest
from events.models.conversation_states import State
from events.models.series import notes_are_over

KEEP_WISHES = timedelta(days=30)
A_BATCH = 500
NOTHING_TOLD = {
    "phone": None,
    "topics": None,
    "access_needs": None,
    "video_link": None,
    "ended_reason": "",
}
LOOKED = "Looked at what they told us in confidence"


def forget_told() -> tuple[int, int]:
    """The sweep: numbers, topics and access needs go; returns (seen, done).

    So many days after the conversation, or after it was cancelled, as was said to the person when
    they booked; earlier where the series says so since.
    """
    days = Least("forget_after_days", "series__forget_after_days")
    keeps = ExpressionWrapper(days * Value(timedelta(days=1)), output_field=DurationField())
    before = clock.now() - F("keeps")
    over = Q(slot__ends_at__lt=before) | Q(state=State.CANCELLED, marked_at__lt=before)
    old = Conversation.objects.filter(removed_at=None).annotate(keeps=keeps).filter(over)
    return sweeps.each(list(old.values_list("pk")[:A_BATCH]), _forget_told)


def _forget_told(pk: UUID) -> int:
    rows = Conversation.objects.filter(pk=pk, removed_at=None)
    return rows.update(**NOTHING_TOLD, removed_at=clock.now())


def forget_notes() -> tuple[int, int]:
    """The sweep: private notes, and what was passed on, go once the call is finished.

    Returns (seen, done): conversations.
    """
    finished = Conversation.objects.filter(notes_are_over("series__call"))
    told = finished.filter(Q(note__isnull=False) | Q(passed_on__details__isnull=False))
    return sweeps.each(
        list(told.distinct().order_by("pk").values_list("pk")[:A_BATCH]), _forget_notes
    )


@transaction.atomic
def _forget_notes(pk: UUID) -> bool:
    """Of one conversation: the note, and to whom something was passed on."""
    PassedOn.objects.filter(conversation=pk).update(details=None)
    rows = Conversation.objects.filter(pk=pk, note__isnull=False)
    rows.update(note=None, note_removed_at=clock.now())
    return True


def forget_wishes() -> tuple[int, int]:
    """The sweep: wishes for times go once the call is finished, or 30 days after their answer.

    Returns (seen, done).
    """
    finished = notes_are_over("series__call")
    answered = Q(settled_at__lt=clock.now() - KEEP_WISHES)
    old = TimeRequest.objects.filter(finished | answered).order_by("pk")
    return sweeps.each(list(old.values_list("pk")[:A_BATCH]), _forget_wish)


@transaction.atomic
def _forget_wish(pk: UUID) -> int:
    """The wish goes, and with it the name that the admin's log gives it."""
    kind = ContentType.objects.get_for_model(TimeRequest)
    LogEntry.objects.filter(content_type=kind, object_id=str(pk)).update(object_repr="")
    number, _ = TimeRequest.objects.filter(pk=pk).delete()
    return number


@transaction.atomic
def forget_everything(conversation: Conversation) -> None:
    """The person asked staff: the host's note goes too, and what was noted of passing it on.

    Raises RuleError while it is to come.
    """
    forget_now(conversation)
    _forget_notes(conversation.pk)


@transaction.atomic
def forget_now(conversation: Conversation) -> None:
    """The person removes what they told, and has a receipt by mail.

    Raises RuleError while it is to come: the host needs the number then.
    """
    conversation = conversation.locked()
    if conversation.is_on:
        raise RuleError(
            "The conversation is still to come. You can change or clear your answers, or cancel it."
        )
    _forget_told(conversation.pk)
    mail.tell(conversation.person, kinds.TOLD_REMOVED, conversation)


@dataclass(frozen=True)
class Look:
    """One view by somebody other than the host, as the person reads it."""

    at: datetime
    who: str  # "by Jo from our team"
    in_a_join: bool  # of two records: what was told went from one to the other


def looks_at(conversation: Conversation) -> list[Look]:
    """The same as `seen_by`, in words."""
    return [
        Look(
            row.action_time,
            by_whom(row.user, conversation.person_id, as_staff=True),
            in_a_join=looks.IN_A_JOIN in row.change_message,
        )
        for row in seen_by(conversation)
    ]


def seen_by(conversation: Conversation) -> QuerySet[LogEntry]:
    """Each view by somebody other than the host: log entries with who and when, newest first."""
    kind = ContentType.objects.get_for_model(Conversation)
    rows = LogEntry.objects.filter(content_type=kind, object_id=str(conversation.pk))
    looked = Q(change_message__contains=LOOKED) | Q(change_message__contains=looks.IN_A_JOIN)
    rows = rows.filter(looked)
    return rows.select_related("user").order_by("-action_time")[:100]
