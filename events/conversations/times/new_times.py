""" "Tell me when there are new times": who asked hears once each time that there are free times
again.
"""

from django.db import transaction

from collective.background import sweeps
from collective.messages import mail
from collective.models import Activity, Person
from events.conversations.times import opening
from events.models import ConversationSeries


def tell_all():
    """The sweep: series that have free times again; returns (seen, done)."""
    rows = ConversationSeries.objects.filter(
        new_times_since__isnull=False, state=Activity.State.OPEN
    )
    return sweeps.each([(key,) for key in rows.values_list("pk", flat=True)], tell)


@transaction.atomic
def tell(series_id) -> int:
    """Tell the followers of one series, unless its new times are gone again; returns how many."""
    series = ConversationSeries.objects.lock(series_id)
    since = series.new_times_since
    if since is None:
        return 0
    ConversationSeries.objects.filter(pk=series.pk).update(new_times_since=None)
    if not series.is_open or not opening.has_free_times(series):
        return 0
    people = Person.objects.filter(follows__activity=series.pk, wants_news=True).order_by("pk")
    return mail.tell_all(
        people.iterator(chunk_size=500), "new_times", series, revision=f"{since:%Y-%m-%dT%H:%M:%S}"
    )
