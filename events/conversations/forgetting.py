"""Conversations of somebody who is forgotten: times are free again, and what was told goes.

That a time was booked stays as a number of the series. Each series is done under its lock.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Q, QuerySet

from collective import clock
from collective.models import Activity, Person
from collective.people import forgetting
from collective.people.forgetting import Obstacle, Preview, Stays
from events.conversations import booking, my_data, series_acts
from events.conversations.confidential import NOTHING_TOLD
from events.conversations.times import first_choice
from events.conversations.times.new_times import noting_new_times
from events.models import (
    BookingDraft,
    Conversation,
    ConversationSeries,
    PassedOn,
    Slot,
    TimeRequest,
)
from events.models.conversation_states import ConversationQuerySet, State
from events.models.series import SeriesQuerySet

rows = my_data.logged_rows
NOBODY_HOLDS_THEM = "Nobody holds them any more."
OVER = [Activity.State.CANCELLED, Activity.State.HAPPENED]


def preview(person: Person) -> Preview:
    """Which conversations are cancelled, what goes, and what is left of a booking."""
    mine = Conversation.objects.filter(person=person)
    coming = mine.upcoming().select_related("series")
    told = Preview(ends=[f"{row.series}: your conversation is cancelled." for row in coming])
    if mine.exists():
        told.goes.append(
            "For each conversation: your number, your topics, what makes it easier, and the "
            "host's private note."
        )
        told.stays.append(
            Stays(
                "That a conversation was booked at that time, without your name",
                "so that the host's hours and the numbers stay right",
            )
        )
    if TimeRequest.objects.filter(person=person).exists():
        told.goes.append("The times that you wished for.")
    told.ends += [
        f"{row}: you do not hold these conversations any more, and they end."
        for row in _held([person]).exclude(pk__in=_counted_on(_held([person])).values("pk"))
    ]
    if person.hosted_series.exists():
        told.goes.append("What is written about you as a host, your link and your number.")
    return told


def _held(people: Iterable[Person]) -> SeriesQuerySet:
    """The series of which they are the host, and which go on."""
    return ConversationSeries.objects.filter(host__in=people).exclude(state__in=OVER)


def _counted_on(held: SeriesQuerySet) -> SeriesQuerySet:
    """Those with times to come or bookings: merely named as host, nobody is held back."""
    times = Slot.objects.open().to_come()
    talks = Conversation.objects.all()
    booked = talks.filter(state=State.BOOKED)
    rows: list[QuerySet[Any]] = [times, booked, talks.to_decide()]
    counted = Q()
    for found in rows:
        counted |= Q(pk__in=found.order_by().values("series"))
    return held.filter(counted)


def in_the_way(person: Person) -> list[Obstacle]:
    """Conversations that they hold, and those with a fee of which nobody knows what became."""
    held = _counted_on(_held([person]))
    open_ones = Conversation.objects.filter(person=person, fee_pence__isnull=False)
    unclear = open_ones.exclude(capacity=Conversation.Capacity.PAID_ROLE).filter(
        Q(pk__in=open_ones.to_mark().values("pk")) | Q(pk__in=open_ones.to_decide().values("pk"))
    )
    return [
        *(
            Obstacle(
                f"{row}: you hold these conversations. Somebody else has to take them over, or "
                "they end. Please call us.",
                f"{row}: they are the host. Name another one, or end the conversations.",
            )
            for row in held
        ),
        *(
            Obstacle(
                f"{row.series}: we have not noted yet what became of it, and whether we owe you "
                "something for it.",
                f"{row.series}: note what became of it.",
            )
            for row in unclear.select_related("series")
        ),
    ]


def histories() -> list[Any]:
    """Of conversations, and of what hosts say about themselves."""
    names = ["events.ConversationEvent", "events.ConversationSeriesEvent"]
    return [apps.get_model(name) for name in names]


def forget(people: list[Person]) -> None:
    """Cancel what is to come, let go of kept times, then empty all, series by series."""
    keys = _series_in_order_of_locks(people)
    locked = [ConversationSeries.objects.lock(key) for key in keys]
    for person in people:
        forgetting.check(in_the_way(person))
    for series in locked:
        _forget_in(series, people)
    for series in _held(people).order_by("pk"):
        series_acts.cancel(series, NOBODY_HOLDS_THEM)
    BookingDraft.objects.filter(person__in=people).delete()
    _forget_host(people)


def _series_in_order_of_locks(people: Iterable[Person]) -> list[UUID]:
    """The series in which any of them has anything, or which they hold."""
    theirs: list[QuerySet[Any]] = [
        Conversation.objects.filter(person__in=people),
        TimeRequest.objects.filter(person__in=people),
        Slot.objects.filter(kept_for__in=people),
    ]
    found = {key for rows in theirs for key in rows.values_list("series", flat=True)}
    hosted = ConversationSeries.objects.filter(host__in=people).values_list("pk", flat=True)
    return sorted({*found, *hosted})


def _forget_in(series: ConversationSeries, people: list[Person]) -> None:
    """Everything of theirs in one series; the caller holds it."""
    for row in _of(people).filter(series=series).upcoming().order_by("pk"):
        booking.cancel(row, Conversation.EndedBecause.PERSON)
    with noting_new_times(series):
        for person in people:
            first_choice.release(series, person)
        series.time_requests.filter(person__in=people).delete()
        first_choice.keep_for_the_waiting(series)
    _empty(_of(people).filter(series=series))


def _of(people: Iterable[Person]) -> ConversationQuerySet:
    return Conversation.objects.filter(person__in=people)


def _empty(mine: ConversationQuerySet) -> None:
    keys, now = list(mine.values_list("pk", flat=True)), clock.now()
    PassedOn.objects.filter(conversation__in=keys).update(details=None)
    mine.update(**NOTHING_TOLD, note=None, removed_at=now, note_removed_at=now)
    history, _ = histories()
    history.objects.filter(pgh_obj__in=keys).delete()


def _forget_host(people: list[Person]) -> None:
    """What they said about themselves as hosts, also in the history of what they held."""
    hosted = ConversationSeries.objects.filter(host__in=people)
    keys = list(hosted.values_list("pk", flat=True))
    hosted.update(about_host="", video_link=None, ring_host_on=None)
    _, history = histories()
    history.objects.filter(pgh_obj__in=keys).update(about_host="")


def is_clear(people: list[Person]) -> bool:
    """Is no conversation to come, no wish and no kept time left?"""
    left: list[QuerySet[Any]] = [
        _of(people).upcoming(),
        _of(people).filter(removed_at=None),
        TimeRequest.objects.filter(person__in=people),
        Slot.objects.filter(kept_for__in=people),
    ]
    return not any(rows.exists() for rows in left)
