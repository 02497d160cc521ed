"""Slots kept for one person until a time: first choice after the host could not, and answers to a wish for others."""

from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from collective import clock, mail
from collective.errors import RuleError
from collective.models import Person
from events import single_times
from events.models import ConversationSeries, Slot, TimeRequest

KEPT_FOR = timedelta(hours=48)
KEPT_FOR_WHO_IS_RUNG = timedelta(days=5)
FIRST_CHOICE = 3  # times
NO_TIME_LEFT = "(The host could not, and no other time was free. They have first choice of new times.)"


def _until(slot, person):
    wait = KEPT_FOR_WHO_IS_RUNG if person.is_told_by_hand else KEPT_FOR
    return min(clock.now() + wait, slot.starts_at)


def keep(slot, person):
    """Keep a free slot for this person; the caller holds the series."""
    slot.kept_for, slot.kept_until = person, _until(slot, person)
    slot.save(update_fields=["kept_for", "kept_until"])


def keep_nearest(series, person, *, but=None):
    """Keep the next free times for this person, before anybody else sees them, in place of what was kept; returns
    them. Where none is free, they have first choice of the next that are opened. The caller holds the series."""
    release(series, person)
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
        series.time_requests.get_or_create(
            person=person, settled_at=None, defaults={"wish": NO_TIME_LEFT, "has_first_choice": True}
        )
    return kept


def serve(series):
    """Times were opened or freed: who has first choice gets theirs kept, before anybody else; the caller holds the
    series."""
    rows = series.time_requests.open().filter(has_first_choice=True, offered_at=None).select_related("person")
    for row in rows.order_by("asked_at"):
        kept = keep_nearest(series, row.person)
        if kept:
            _offered(row, kept[0])


def _offered(row, slot):
    """Note which time is offered, and tell the person."""
    row.offered_at, row.offered_slot = clock.now(), slot
    row.save()
    mail.tell(row.person, "time_offered", row, revision=row.offered_at.isoformat(), not_after=slot.kept_until)


def release(series, person):
    """What is kept for them in this series is free again; the caller holds the series."""
    for slot in series.slots.filter(kept_for=person):
        _let_go(slot)


def _let_go(slot):
    is_booked = slot.conversations.live().exists()
    goes = slot.goes_when_freed and not is_booked
    changes = {"state": Slot.State.GONE} if goes else {}
    Slot.objects.filter(pk=slot.pk).update(kept_for=None, kept_until=None, **changes)
    # an offer that nobody took: the request is on the lists again
    TimeRequest.objects.open().filter(offered_slot=slot).update(offered_at=None, offered_slot=None)


def release_lapsed():
    """The sweep: slots kept past their time are free again; returns (seen, done)."""
    rows = Slot.objects.filter(kept_until__lte=clock.now(), kept_for__isnull=False).select_related("series")[:200]
    for slot in rows:
        _release_one(slot)
    return len(rows), len(rows)


@transaction.atomic
def _release_one(slot):
    series = slot.series.locked()
    found = Slot.objects.filter(pk=slot.pk, kept_until__lte=clock.now(), kept_for__isnull=False).first()
    if found:
        _let_go(found)
        # past its time it was free for every reader; who asked to be told is told of it now
        others = series.slots.free_to(AnonymousUser()).exclude(pk=found.pk)
        if not found.goes_when_freed and not others.exists():
            ConversationSeries.objects.filter(pk=series.pk).update(new_times_since=clock.now())


@transaction.atomic
def ask(series, person, wish):
    """ "None of these times works": note what would; asked again, the newest words stand. The host is told once, until
    they have offered a time. Returns the request."""
    series = series.locked()
    series.check_booking()
    row, made = TimeRequest.objects.get_or_create(
        series=series, person=person, settled_at=None, defaults={"wish": wish}
    )
    is_news = made or row.offered_at is not None or row.has_first_choice
    row.wish, row.asked_at, row.offered_at, row.has_first_choice = wish, clock.now(), None, False
    row.save()
    if is_news:
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
    if series.standing == "cancelled":
        raise RuleError("These conversations are cancelled.")
    person = Person.objects.get(pk=row.person_id)
    slot = slot or single_times.open_one(series, day, time)
    slot = series.slots.free_to(person, by_staff=True).filter(pk=slot.pk).first()
    if slot is None:
        raise RuleError("This time is no longer free. Choose another one.")
    keep(slot, person)
    _offered(row, slot)
    return slot
