"""Acts on a whole series of conversations: pages for a plain card, and cancelling all of it."""

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from collective.models import Activity
from events.conversations import booking
from events.models import Conversation, ConversationSeries, Slot


@transaction.atomic
def from_card(card: Activity) -> ConversationSeries:
    """Give a bare activity the pages of a series, hosted by the lead of its call.

    Raises RuleError without a lead.
    """
    rows = Activity.objects.select_for_update(no_key=True, of=("self",))
    card = rows.select_related("call__lead").get(pk=card.pk)
    if card.call.lead is None:
        raise RuleError("Say first, in the call, who leads it: they hold the conversations.")
    if found := ConversationSeries.objects.filter(pk=card.pk).first():
        return found
    # raw: the row of the child alone; the activity's own is there
    ConversationSeries(activity_ptr=card, host=card.call.lead).save_base(raw=True)
    Activity.objects.filter(pk=card.pk).update(how_to_take_part="", link="")
    return ConversationSeries.objects.get(pk=card.pk)


@transaction.atomic
def cancel(series: ConversationSeries, reason: str) -> int:
    """Cancel the series; everybody who has a conversation to come reads the reason.

    Returns how many. Raises RuleError without a reason.
    """
    locked = series.locked()
    if not reason.strip():
        raise RuleError("Say why: people read it.")
    locked.state, locked.cancelled_because = ConversationSeries.State.CANCELLED, reason.strip()
    locked.save()
    rows = list(locked.conversations.upcoming().order_by("pk"))
    for row in rows:
        booking.cancel(row, Conversation.EndedBecause.STAFF, reason=reason)
    locked.time_requests.open().update(settled_at=clock.now())
    free = locked.slots.open().to_come().not_booked()
    free.update(state=Slot.State.GONE, kept_for=None, kept_until=None)
    return len(rows)
