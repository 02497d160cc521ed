"""Acts on a whole series of conversations: pages for a plain card, and cancelling all of it."""

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Activity, Person
from events.conversations import booking, kinds
from events.models import Conversation, ConversationSeries, Slot
from events.models.conversation import SEES_CONFIDENTIAL


def check_may_name(host: Person, by: Person) -> None:
    """Raise RuleError for staff who name themselves host, and may not read what hosts are told."""
    if host.pk == by.pk and not by.has_perm(SEES_CONFIDENTIAL):
        raise RuleError(
            "Hosts read what people tell in confidence. Ask a colleague to name you as the host."
        )


def tell_host(series: ConversationSeries, by: Person) -> None:
    """Tell whoever was named host by somebody else, and how to say no; in the caller's change."""
    if series.host_id != by.pk:
        mail.tell(series.host, kinds.HOST_NAMED, series, revision=clock.now().isoformat())


@transaction.atomic
def hand_over(series: ConversationSeries, by: Person) -> None:
    """The series, which was saved, has another host: the link and number of the one before go."""
    rows = ConversationSeries.objects.filter(pk=series.pk)
    rows.update(video_link=None, ring_host_on=None)
    tell_host(series, by)


@transaction.atomic
def from_card(card: Activity, by: Person) -> ConversationSeries:
    """Give a bare activity the pages of a series, hosted by the lead of its call, who is told.

    Raises RuleError without a lead, and for a lead who may not name themselves.
    """
    rows = Activity.objects.select_for_update(no_key=True, of=("self",))
    card = rows.select_related("call__lead").get(pk=card.pk)
    if card.call.lead is None:
        raise RuleError("Say first, in the call, who leads it: they hold the conversations.")
    if found := ConversationSeries.objects.filter(pk=card.pk).first():
        return found
    check_may_name(card.call.lead, by)
    # raw: the row of the child alone; the activity's own is there
    ConversationSeries(activity_ptr=card, host=card.call.lead).save_base(raw=True)
    Activity.objects.filter(pk=card.pk).update(how_to_take_part="", link="")
    series = ConversationSeries.objects.get(pk=card.pk)
    tell_host(series, by)
    return series


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
