"""Slots kept for one person until a time: first choice after the host could not, and answers to a wish for others."""

from datetime import timedelta

from django.db import transaction

from collective import clock, mail
from collective.errors import RuleError
from collective.models import Person
from events import opening
from events.models import Slot, TimeRequest

KEPT_FOR = timedelta(hours=48)
KEPT_FOR_WHO_IS_RUNG = timedelta(days=5)
FIRST_CHOICE = 3  # times


def _until(slot, person):
    wait = KEPT_FOR_WHO_IS_RUNG if person.is_told_by_hand else KEPT_FOR
    return min(clock.now() + wait, slot.starts_at)


def keep(slot, person):
    """Keep a free slot for this person; the caller holds the series."""
    slot.kept_for, slot.kept_until = person, _until(slot, person)
    slot.save(update_fields=["kept_for", "kept_until"])


def keep_nearest(series, person):
    """Keep the next free times for this person, before anybody else sees them; the caller holds the series."""
    for slot in series.slots.free_to(person).filter(kept_for=None).order_by("starts_at")[:FIRST_CHOICE]:
        keep(slot, person)


def release(series, person):
    """What is kept for them in this series is free again; the caller holds the series."""
    for slot in series.slots.filter(kept_for=person):
        _let_go(slot)


def _let_go(slot):
    is_booked = slot.conversations.live().exists()
    goes = slot.goes_when_freed and not is_booked
    changes = {"state": Slot.State.GONE} if goes else {}
    Slot.objects.filter(pk=slot.pk).update(kept_for=None, kept_until=None, **changes)


def release_lapsed():
    """The sweep: slots kept past their time are free again; returns (seen, done)."""
    rows = Slot.objects.filter(kept_until__lte=clock.now(), kept_for__isnull=False).select_related("series")[:200]
    for slot in rows:
        _release_one(slot)
    return len(rows), len(rows)


@transaction.atomic
def _release_one(slot):
    slot.series.locked()
    if found := Slot.objects.filter(pk=slot.pk, kept_until__lte=clock.now(), kept_for__isnull=False).first():
        _let_go(found)


@transaction.atomic
def ask(series, person, wish):
    """ "None of these times works": note what would; asked again, the newest words stand. Returns the request."""
    series = series.locked()
    series.check_booking()
    row, _ = TimeRequest.objects.get_or_create(series=series, person=person, settled_at=None, defaults={"wish": wish})
    row.wish, row.asked_at, row.offered_at = wish, clock.now(), None
    row.save()
    mail.tell(series.host, "host_time_request", row, revision=clock.now().isoformat())
    return row


@transaction.atomic
def withdraw(request):
    """The person needs it no longer, or the host has answered otherwise. Twice, nothing more happens."""
    request.series.locked()
    TimeRequest.objects.open().filter(pk=request.pk).update(settled_at=clock.now())


@transaction.atomic
def offer(request, *, slot=None, day=None, time=None):
    """Answer a request by keeping a time for the person, a free one or a new one; they are told. Raises RuleError."""
    series = request.series.locked()
    row = TimeRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if row.settled_at:
        raise RuleError("This was answered or withdrawn meanwhile.")
    person = Person.objects.get(pk=row.person_id)
    slot = slot or opening.open_one(series, day, time)
    slot = series.slots.free_to(person, by_staff=True).filter(pk=slot.pk).first()
    if slot is None:
        raise RuleError("This time is no longer free. Choose another one.")
    keep(slot, person)
    row.offered_at = clock.now()
    row.save()
    mail.tell(person, "time_offered", row, revision=str(slot.pk), not_after=slot.kept_until)
    return slot
