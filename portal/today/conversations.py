"""Today's part about conversations: what nobody has noted yet, what to decide, who asks for another
time.
"""

from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from collective import clock
from collective.clock import LONDON
from events.models import Conversation, TimeRequest
from portal.today.lines import MOST, Line, Section

if TYPE_CHECKING:
    from collective.models import Call


def to_mark(call: "Call") -> Section:
    """Conversations that are over and of which nobody has said what became, and those to decide
    on.
    """
    over = Conversation.objects.to_mark().filter(slot__ends_at__lte=clock.now())
    rows = Conversation.objects.filter(
        Q(pk__in=over.values("pk")) | Q(pk__in=Conversation.objects.to_decide().values("pk"))
    )
    rows = rows.filter(series__call=call) if call else rows
    found = [
        Line(
            f"talk:{row.pk}",
            (
                f"{row.person}, {row.series}: "
                f"{'not held: is it paid?' if row.keeps_right else 'what became of it?'}"
            ),
            reverse("admin:events_conversation_change", args=[row.pk]),
            "Decide" if row.keeps_right else "Note it",
            row.slot.ends_at,
        )
        for row in rows.select_related("person", "series", "slot").order_by("slot__starts_at")[
            : MOST + 1
        ]
    ]
    return Section(
        "talks",
        "Conversations to note or decide",
        found,
        reverse("admin:events_conversation_changelist"),
    )


def times_asked_for(call: "Call") -> Section:
    """People for whom none of the free times works; what would is not shown here."""
    rows = TimeRequest.objects.open().filter(offered_at=None)
    rows = rows.filter(series__call=call) if call else rows
    lines = [
        Line(
            f"wish:{row.pk}",
            f"{row.person}, {row.series}",
            reverse("admin:events_timerequest_offer", args=[row.pk]),
            "Offer a time",
            note=f"asked on {timezone.localtime(row.asked_at, LONDON):%d %B}",
        )
        for row in rows.select_related("person", "series")[: MOST + 1]
    ]
    return Section(
        "wishes", "Other times asked for", lines, reverse("admin:events_timerequest_changelist")
    )
