"""“None of these times works”: what would, and the answer to it, a time kept for the person."""

from datetime import date, time

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Activity, Person
from collective.people import standing
from events.conversations import kinds
from events.conversations.times import first_choice, single_times
from events.models import ConversationSeries, Slot, TimeRequest


@transaction.atomic
def ask(series: ConversationSeries, person: Person, wish: str) -> TimeRequest:
    """Note what would work; asked again, the newest words stand.

    The host is told once, until they have offered a time. Raises RuleError where booking is not
    open.
    """
    series = series.locked()
    series.check_booking()
    person = standing.record_of(person.pk)
    row, made = TimeRequest.objects.get_or_create(
        series=series, person=person, settled_at=None, defaults={"wish": wish}
    )
    is_news = made or row.offered_at is not None or not row.own_words
    _take_back_offer(row)
    row.wish, row.asked_at = wish, clock.now()
    row.offered_at = row.offered_slot = None
    row.save()
    if is_news:
        mail.tell(series.host, kinds.TIME_WISHED, row, revision=clock.now().isoformat())
    return row


@transaction.atomic
def withdraw(asked: TimeRequest) -> None:
    """The person needs it no longer, or the host has answered otherwise.

    Asked twice, nothing more happens.
    """
    series = asked.series.locked()
    row = TimeRequest.objects.open().filter(pk=asked.pk).first()
    if row:
        TimeRequest.objects.filter(pk=row.pk).update(settled_at=clock.now())
        _take_back_offer(row)
        first_choice.keep_for_the_waiting(series)


def _take_back_offer(row: TimeRequest) -> None:
    """The time that was offered is free again, if it is still kept for them."""
    slot = row.offered_slot
    if slot and slot.kept_for_id == row.person_id:
        first_choice.let_go(slot)


@transaction.atomic
def offer_free_time(asked: TimeRequest, slot: Slot) -> Slot:
    """Answer a wish by keeping a free time for the person; they are told.

    Raises RuleError where it was answered meanwhile, or the time is no longer free.
    """
    series, row = _open_wish(asked)
    return _offer(series, row, slot)


@transaction.atomic
def offer_new_time(asked: TimeRequest, day: date, wall: time) -> Slot:
    """Answer a wish by opening a time for the person; they are told.

    Raises RuleError where it was answered meanwhile, or the time cannot be opened.
    """
    series, row = _open_wish(asked)
    return _offer(series, row, single_times.open_one(series, day, wall))


def _open_wish(asked: TimeRequest) -> tuple[ConversationSeries, TimeRequest]:
    """The series and the wish, fresh and locked."""
    series = asked.series.locked()
    row = TimeRequest.objects.select_for_update(no_key=True).get(pk=asked.pk)
    if row.settled_at:
        raise RuleError("This was answered or withdrawn meanwhile.")
    if series.shown_state == Activity.State.CANCELLED:
        raise RuleError("These conversations are cancelled.")
    return series, row


def _offer(series: ConversationSeries, row: TimeRequest, slot: Slot) -> Slot:
    free = series.slots.free_to(row.person, by_staff=True).filter(pk=slot.pk).first()
    if free is None:
        raise RuleError("This time is no longer free. Choose another one.")
    first_choice.keep_for(row.person, free)
    first_choice.offer(row, free)
    return free
