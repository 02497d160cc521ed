"""Today's part about conversations: to note, to decide, and people who ask for another time."""

from django.db.models import Q
from django.urls import reverse

from collective import clock
from collective.models import Call
from collective.templatetags.collective import day
from events.models import Conversation, TimeRequest
from portal.today.lines import ONE_MORE, Line, Section


def to_note_or_decide(call: Call | None) -> Section:
    """Those that are over, where nobody has said what became of them, and those to decide on."""
    over = Conversation.objects.to_mark().filter(slot__ends_at__lte=clock.now())
    undecided = Conversation.objects.to_decide()
    rows = Conversation.objects.filter(
        Q(pk__in=over.values("pk")) | Q(pk__in=undecided.values("pk"))
    )
    if call:
        rows = rows.filter(series__call=call)
    rows = rows.select_related("person", "series", "slot").order_by("slot__starts_at")
    more = reverse("admin:events_conversation_changelist")
    lines = [_to_note_or_decide(row) for row in rows[:ONE_MORE]]
    return Section("talks", "Conversations to note or decide", lines, more)


def _to_note_or_decide(row: Conversation) -> Line:
    question, act = "what became of it?", "Note it"
    if row.keeps_right:
        question, act = "not held: is it paid?", "Decide"
    return Line(
        f"talk:{row.pk}",
        f"{row.person}, {row.series}: {question}",
        reverse("admin:events_conversation_change", args=[row.pk]),
        act,
        row.slot.ends_at,
        person=row.person,
    )


def times_asked_for(call: Call | None) -> Section:
    """People for whom none of the free times works; what would is not shown here."""
    rows = TimeRequest.objects.open().filter(offered_at=None)
    if call:
        rows = rows.filter(series__call=call)
    lines = [
        Line(
            f"wish:{row.pk}",
            f"{row.person}, {row.series}",
            reverse("admin:events_timerequest_offer", args=[row.pk]),
            "Offer a time",
            person=row.person,
            note=f"asked on {day(row.asked_at)}",
        )
        for row in rows.select_related("person", "series")[:ONE_MORE]
    ]
    more = reverse("admin:events_timerequest_changelist")
    return Section("wishes", "Other times asked for", lines, more)
