"""Slots kept for one person until a time: first choice after the host could not, and answers to a
wish for others.
"""

from datetime import date, datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Person
from events.conversations.times import single_times
from events.models import ConversationSeries, Slot, TimeRequest

KEPT_FOR = timedelta(hours=48)
KEPT_FOR_WHO_IS_RUNG = timedelta(days=5)
FIRST_CHOICE = 3  # times
NO_TIME_LEFT = (
    "(The host could not, and no other time was free. They have first choice of new times.)"
)


def _until(slot: Slot, person: Person) -> datetime:
    wait = KEPT_FOR_WHO_IS_RUNG if person.is_told_by_hand else KEPT_FOR
    return min(clock.now() + wait, slot.starts_at)


def keep(slot: Slot, person: Person) -> None:
    """Keep a free slot for this person; the caller holds the series."""
    slot.kept_for, slot.kept_until = person, _until(slot, person)
    slot.save(update_fields=["kept_for", "kept_until"])


def keep_nearest(series: ConversationSeries, person: Person, *, but=None):
    """Keep the next free times for this person, before anybody else sees them, beside what was
    offered to them. Where none is free, they have first choice of the next that are opened. The
    caller holds the series.
    """
    release(series, person, also_offered=False)
    if series.conversations.upcoming().filter(person=person).count() >= series.each_upcoming:
        return []
    kept = []
    while len(kept) < FIRST_CHOICE and series.is_open:
        free = series.slots.free_to(person).filter(kept_for=None).exclude(pk=but and but.pk)
        slot = free.order_by("starts_at").first()
        if slot is None:
            break
        keep(slot, person)
        kept.append(slot)
    if not kept:
        row, made = series.time_requests.get_or_create(
            person=person,
            settled_at=None,
            defaults={"wish": NO_TIME_LEFT, "has_first_choice": True},
        )
        if not made and not row.has_first_choice:
            series.time_requests.filter(pk=row.pk).update(has_first_choice=True)
    return kept


def lose_first_choice(series: ConversationSeries, person: Person) -> None:
    """What gave it to them was taken back; the caller holds the series."""
    release(series, person, also_offered=False)
    rows = series.time_requests.open().filter(person=person, has_first_choice=True)
    for row in rows:
        row.has_first_choice = False
        if row.wish == NO_TIME_LEFT:
            row.settled_at = clock.now()
        row.save()


def serve(series: ConversationSeries) -> None:
    """Times were opened or freed: who has first choice gets theirs kept, before anybody else; the
    caller holds the series.
    """
    rows = (
        series.time_requests.open()
        .filter(has_first_choice=True, offered_at=None)
        .select_related("person")
    )
    for row in rows.order_by("asked_at"):
        kept = keep_nearest(series, row.person)
        if kept:
            _offered(row, kept[0])


def _offered(row: TimeRequest, slot: Slot) -> None:
    """Note which time is offered, and tell the person."""
    row.offered_at, row.offered_slot = clock.now(), slot
    row.save()
    mail.tell(
        row.person,
        "time_offered",
        row,
        revision=row.offered_at.isoformat(),
        not_after=slot.kept_until,
    )


def release(series: ConversationSeries, person: Person, *, also_offered: bool = True) -> None:
    """What is kept for them in this series is free again, unless it was offered to them and shall
    stay so; the caller holds the series.
    """
    offered = (
        series.time_requests.open()
        .filter(person=person, offered_slot__isnull=False)
        .values("offered_slot")
    )
    slots = series.slots.filter(kept_for=person)
    for slot in slots if also_offered else slots.exclude(pk__in=offered):
        _let_go(slot)


def _let_go(slot: Slot) -> None:
    is_booked = slot.conversations.live().exists()
    goes = slot.goes_when_freed and not is_booked
    changes = {"state": Slot.State.GONE} if goes else {}
    Slot.objects.filter(pk=slot.pk).update(kept_for=None, kept_until=None, **changes)
    # an offer that nobody took: the request is on the lists again
    TimeRequest.objects.open().filter(offered_slot=slot).update(offered_at=None, offered_slot=None)


def release_lapsed() -> tuple[int, int]:
    """The sweep: slots kept past their time are free again; returns (seen, done)."""
    rows = Slot.objects.filter(kept_until__lte=clock.now(), kept_for__isnull=False).select_related(
        "series"
    )[:200]
    for slot in rows:
        _release_one(slot)
    return len(rows), len(rows)


@transaction.atomic
def _release_one(slot: Slot) -> None:
    series = slot.series.locked()
    found = Slot.objects.filter(
        pk=slot.pk, kept_until__lte=clock.now(), kept_for__isnull=False
    ).first()
    if found:
        # first choice was theirs, and they did not take it: not once more
        TimeRequest.objects.open().filter(offered_slot=found, has_first_choice=True).update(
            settled_at=clock.now()
        )
        _let_go(found)
        serve(series)
        # past its time it was free for every reader; who asked to be told is told of it now
        others = series.slots.free_to(AnonymousUser()).exclude(pk=found.pk)
        if not found.goes_when_freed and not others.exists():
            ConversationSeries.objects.filter(pk=series.pk).update(new_times_since=clock.now())


@transaction.atomic
def ask(series: ConversationSeries, person: Person, wish) -> TimeRequest:
    """ "None of these times works": note what would; asked again, the newest words stand.

    The host is told once, until they have offered a time. Returns the request.
    """
    series = series.locked()
    series.check_booking()
    row, made = TimeRequest.objects.get_or_create(
        series=series, person=person, settled_at=None, defaults={"wish": wish}
    )
    is_news = made or row.offered_at is not None or row.wish == NO_TIME_LEFT
    _take_back_offer(row)
    row.wish, row.asked_at, row.offered_at, row.offered_slot = wish, clock.now(), None, None
    row.save()
    if is_news:
        mail.tell(series.host, "host_time_request", row, revision=clock.now().isoformat())
    return row


@transaction.atomic
def withdraw(request: HttpRequest) -> None:
    """The person needs it no longer, or the host has answered otherwise.

    Twice, nothing more happens.
    """
    series = request.series.locked()
    row = TimeRequest.objects.open().filter(pk=request.pk).first()
    if row:
        TimeRequest.objects.filter(pk=row.pk).update(settled_at=clock.now())
        _take_back_offer(row)
        serve(series)


def _take_back_offer(row: TimeRequest) -> None:
    """The time that was offered is free again, if it is still kept for them; the caller holds the
    series.
    """
    slot = Slot.objects.filter(pk=row.offered_slot_id, kept_for=row.person_id).first()
    if slot:
        _let_go(slot)


@transaction.atomic
def offer(request: HttpRequest, *, slot: Slot | None = None, day: date | None = None, time=None):
    """Answer a request by keeping a time for the person, a free one or a new one; they are told.

    Raises RuleError.
    """
    series = request.series.locked()
    row = TimeRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if row.settled_at:
        raise RuleError("This was answered or withdrawn meanwhile.")
    if series.shown_state == "cancelled":
        raise RuleError("These conversations are cancelled.")
    person = Person.objects.get(pk=row.person_id)
    slot = slot or single_times.open_one(series, day, time)
    slot = series.slots.free_to(person, by_staff=True).filter(pk=slot.pk).first()
    if slot is None:
        raise RuleError("This time is no longer free. Choose another one.")
    keep(slot, person)
    _offered(row, slot)
    return slot
