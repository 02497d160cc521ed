"""Slots kept for one person until a time: first choice after the host could not, or an offer.

Whoever calls an act here holds the lock of the series' row, but for the sweep, which takes it.
"""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from collective import clock
from collective.background import sweeps
from collective.messages import mail
from collective.models import Follow, Person
from events.conversations import kinds
from events.conversations.times import new_times
from events.models import ConversationSeries, Slot, TimeRequest
from events.models.time_request import NO_TIME_LEFT

KEPT_FOR = timedelta(hours=48)
KEPT_FOR_SOMEBODY_RUNG = timedelta(days=5)  # by staff: they cannot all be reached in two days
FIRST_CHOICE = 3  # times
A_BATCH = 200


def keep_for(person: Person, slot: Slot) -> None:
    """Keep a free slot for this person until a time."""
    wait = KEPT_FOR_SOMEBODY_RUNG if person.is_told_by_hand else KEPT_FOR
    slot.kept_for, slot.kept_until = person, min(clock.now() + wait, slot.starts_at)
    slot.save(update_fields=["kept_for", "kept_until"])


def keep_nearest(
    series: ConversationSeries, person: Person, *, but: Slot | None = None
) -> list[Slot]:
    """Keep the next free times (`but` this one) for the person, before anybody else sees them.

    What was offered to them stays. Where none is free, they have first choice of the next that
    are opened. Returns the times that are kept.
    """
    release_but_offered(series, person)
    if series.conversations.upcoming().filter(person=person).count() >= series.each_upcoming:
        return []
    kept: list[Slot] = []
    while len(kept) < FIRST_CHOICE and (slot := _nearest_free(series, person, but)):
        keep_for(person, slot)
        kept.append(slot)
    if not kept:
        _note_first_choice(series, person)
    return kept


def _nearest_free(series: ConversationSeries, person: Person, but: Slot | None) -> Slot | None:
    """Asked anew for each: as soon as a time is kept, its day may be full."""
    if not series.is_open:
        return None
    free = series.slots.free_to(person).filter(kept_for=None)
    return free.exclude(pk__in=[but.pk] if but else []).order_by("starts_at").first()


def _note_first_choice(series: ConversationSeries, person: Person) -> None:
    """No time is free: they have first choice of the next that are opened."""
    row, made = series.time_requests.get_or_create(
        person=person,
        settled_at=None,
        defaults={"wish": NO_TIME_LEFT, "has_first_choice": True},
    )
    if not made and not row.has_first_choice:
        series.time_requests.filter(pk=row.pk).update(has_first_choice=True)


def take_back(series: ConversationSeries, person: Person) -> None:
    """Take back first choice: what gave it to them was taken back, too."""
    release_but_offered(series, person)
    for row in series.time_requests.open().filter(person=person, has_first_choice=True):
        row.has_first_choice = False
        if row.wish == NO_TIME_LEFT:
            row.settled_at = clock.now()
        row.save()


def keep_for_the_waiting(series: ConversationSeries) -> None:
    """Times were opened or freed: keep theirs for the people with first choice, in their order."""
    waiting = series.time_requests.open().filter(has_first_choice=True, offered_at=None)
    for row in waiting.select_related("person").order_by("asked_at"):
        kept = keep_nearest(series, row.person)
        if kept:
            offer(row, kept[0])


def offer(row: TimeRequest, slot: Slot) -> None:
    """Note which time is offered, and tell the person."""
    row.offered_at, row.offered_slot = clock.now(), slot
    row.save()
    mail.tell(
        row.person,
        kinds.TIME_OFFERED,
        row,
        revision=row.offer_revision,
        not_after=slot.kept_until,
    )


def settle_wishes(series: ConversationSeries, person: Person) -> None:
    """They have a time now: what was kept beside it is free, and nobody looks for another."""
    release(series, person)
    series.time_requests.open().filter(person=person).update(settled_at=clock.now())
    keep_for_the_waiting(series)
    Follow.objects.filter(person=person, activity=series.pk).delete()


def release(series: ConversationSeries, person: Person) -> None:
    """Everything that is kept for them in this series is free again."""
    for slot in series.slots.filter(kept_for=person):
        let_go(slot)


def release_but_offered(series: ConversationSeries, person: Person) -> None:
    """The same, but what was offered to them for their wish stays kept."""
    asked = series.time_requests.open().filter(person=person, offered_slot__isnull=False)
    for slot in series.slots.filter(kept_for=person).exclude(pk__in=asked.values("offered_slot")):
        let_go(slot)


def let_go(slot: Slot) -> None:
    """Keep it for nobody any more. Outside the hours, it goes, unless it is booked."""
    goes = slot.goes_when_freed and not slot.conversations.live().exists()
    changes = {"state": Slot.State.GONE} if goes else {}
    Slot.objects.filter(pk=slot.pk).update(kept_for=None, kept_until=None, **changes)
    # an offer that nobody took: the request is on the lists again
    TimeRequest.objects.open().filter(offered_slot=slot).update(offered_at=None, offered_slot=None)


def release_lapsed() -> tuple[int, int]:
    """The sweep: slots kept past their time are free again; returns (seen, done)."""
    rows = Slot.objects.kept_too_long().order_by("kept_until").values_list("pk", "series")
    return sweeps.each(list(rows[:A_BATCH]), _release_lapsed)


@transaction.atomic
def _release_lapsed(slot_id: UUID, series_id: UUID) -> bool:
    series = ConversationSeries.objects.lock(series_id)
    slot = series.slots.kept_too_long().filter(pk=slot_id).first()
    if slot is None:
        return False
    # first choice was theirs, and they did not take it: not once more
    offered = TimeRequest.objects.open().filter(offered_slot=slot, has_first_choice=True)
    offered.update(settled_at=clock.now())
    let_go(slot)
    keep_for_the_waiting(series)
    # past its time it was free for every reader: people who asked to be told are told of it now
    others = series.slots.free_to(AnonymousUser()).exclude(pk=slot.pk)
    if not slot.goes_when_freed and not others.exists():
        new_times.note_new_times(series)
    return True
