"""“Tell me when there are new times”: people who asked hear, once each time."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from collective import clock
from collective.background import sweeps
from collective.messages import mail
from collective.models import Activity, Person
from events.conversations import kinds
from events.models import ConversationSeries


def has_free_times(series: ConversationSeries) -> bool:
    """Is there a time that anybody could book now?"""
    return series.slots.free_to(AnonymousUser()).exists()


@contextmanager
def noting_new_times(series: ConversationSeries) -> Iterator[None]:
    """Note where there was no free time before and there is one after: a sweep tells of it.

    The caller holds the series.
    """
    had_free = has_free_times(series)
    yield
    if not had_free and has_free_times(series):
        note_new_times(series)


def note_new_times(series: ConversationSeries) -> None:
    """Note that there are free times again since now: a sweep tells of it."""
    ConversationSeries.objects.filter(pk=series.pk).update(new_times_since=clock.now())


def tell_all() -> tuple[int, int]:
    """The sweep: series that have free times again; returns (seen, done)."""
    rows = ConversationSeries.objects.filter(
        new_times_since__isnull=False, state=Activity.State.OPEN
    )
    return sweeps.each([(key,) for key in rows.values_list("pk", flat=True)], _tell_followers)


@transaction.atomic
def _tell_followers(series_id: UUID) -> int:
    """Tell the followers of one series, unless its new times are gone again; returns how many."""
    series = ConversationSeries.objects.lock(series_id)
    since = series.new_times_since
    if since is None:
        return 0
    ConversationSeries.objects.filter(pk=series.pk).update(new_times_since=None)
    if not series.is_open or not has_free_times(series):
        return 0
    people = Person.objects.filter(follows__activity=series.pk, wants_news=True).order_by("pk")
    revision = f"{since:%Y-%m-%dT%H:%M:%S}"
    return mail.tell_all(
        people.iterator(chunk_size=500), kinds.NEW_TIMES, series, revision=revision
    )
