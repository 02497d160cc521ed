"""What was told in confidence: removed when its time has come, or earlier when the person wants it;
and who saw it.
"""

from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet, Value

from collective import clock
from collective.errors import RuleError
from events.models import Conversation, PassedOn, TimeRequest

KEEP_REQUESTS = timedelta(days=30)
A_BATCH = 500
GONE = {"phone": None, "topics": None, "access_needs": None, "video_link": None, "ended_reason": ""}
LOOKED = "Looked at what they told us in confidence"


def forget_told() -> tuple[int, int]:
    """Numbers, topics and access needs, so many days after the conversation (or after it was
    cancelled) as the series says; (seen, done).
    """
    keeps = ExpressionWrapper(
        F("series__forget_after_days") * Value(timedelta(days=1)), output_field=DurationField()
    )
    before = clock.now() - F("keeps")
    old = Conversation.objects.filter(removed_at=None).annotate(keeps=keeps)
    old = old.filter(Q(slot__ends_at__lt=before) | Q(state="cancelled", marked_at__lt=before))
    keys = list(old.values_list("pk", flat=True)[:A_BATCH])
    done = Conversation.objects.filter(pk__in=keys).update(**GONE, removed_at=clock.now())
    return done, done


def forget_notes() -> tuple[int, int]:
    """Private notes, what was passed on, and wishes for times, once the call is finished; (seen,
    done).
    """
    finished = Q(series__call__finished_at__lte=clock.now())
    told = PassedOn.objects.filter(
        conversation__series__call__finished_at__lte=clock.now(), details__isnull=False
    )
    told.update(details=None)
    TimeRequest.objects.filter(finished | Q(settled_at__lt=clock.now() - KEEP_REQUESTS)).delete()
    keys = list(
        Conversation.objects.filter(finished, note__isnull=False).values_list("pk", flat=True)[
            :A_BATCH
        ]
    )
    done = Conversation.objects.filter(pk__in=keys).update(note=None, note_removed_at=clock.now())
    return done, done


@transaction.atomic
def forget_everything(conversation: Conversation) -> None:
    """The person asked staff: the host's note goes too, and what was noted of passing it on.

    Raises RuleError while it is to come.
    """
    forget_now(conversation)
    Conversation.objects.filter(pk=conversation.pk, note__isnull=False).update(
        note=None, note_removed_at=clock.now()
    )
    conversation.passed_on.update(details=None)


@transaction.atomic
def forget_now(conversation: Conversation) -> None:
    """The person removes what they told.

    Raises RuleError while it is to come: the host needs the number then.
    """
    conversation = conversation.locked()
    if conversation.is_on:
        raise RuleError(
            "The conversation is still to come. You can change or clear your answers, or cancel it."
        )
    Conversation.objects.filter(pk=conversation.pk, removed_at=None).update(
        **GONE, removed_at=clock.now()
    )


def seen_by(conversation: Conversation) -> QuerySet[LogEntry]:
    """Each view by somebody other than the host: log entries with who and when, the newest
    first.
    """
    kind = ContentType.objects.get_for_model(Conversation)
    rows = LogEntry.objects.filter(
        content_type=kind, object_id=str(conversation.pk), change_message__contains=LOOKED
    )
    return rows.select_related("user").order_by("-action_time")[:100]
