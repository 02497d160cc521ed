""" "Tell me when": who follows a call or an activity hears once of a date, and once when sign-up
opens.
"""

from typing import Literal

from django.db import transaction
from django.db.models import Q, QuerySet

from collective import clock
from collective.messages import mail
from collective.models import Activity, Follow, Person


def follow(person: Person, target) -> Follow:
    """Follow a Call or an Activity; asking again changes nothing."""
    field = target._meta.model_name
    return Follow.objects.get_or_create(person=person, **{field: target})[0]


def announce_all() -> tuple[int, Literal[0] | int]:
    """Tell followers what has become true since the last look; returns (seen, done)."""
    now = clock.now()
    published = Activity.objects.filter(call__published_at__lte=now, state=Activity.State.OPEN)
    opened = published.filter(Q(opens_at=None) | Q(opens_at__lte=now), opening_told_at=None)
    dated = published.filter(starts_at__gt=now, date_told_at=None, opens_at__gt=now)
    keys = [*opened.values_list("pk", flat=True), *dated.values_list("pk", flat=True)]
    return len(keys), sum(_announce(key) for key in keys)


@transaction.atomic
def _announce(key: str) -> int:
    activity = (
        Activity.objects.select_for_update(no_key=True, of=("self",))
        .select_related("call")
        .get(pk=key)
    )
    now = clock.now()
    if activity.is_open and activity.opening_told_at is None:
        kind, changes = (
            "sign_up_open",
            {"opening_told_at": now, "date_told_at": activity.date_told_at or now},
        )
    elif activity.opens_later and activity.has_date and activity.date_told_at is None:
        kind, changes = "date_set", {"date_told_at": now}
    else:
        return 0
    told = 0
    for follow_row in followers_of(activity).select_related("person").iterator(chunk_size=500):
        mail.tell(follow_row.person, kind, activity, not_after=activity.ends_at)
        told += 1
    Activity.objects.filter(pk=key).update(**changes)
    return told


def followers_of(activity: Activity) -> QuerySet[Follow]:
    """Follows of the activity and, unless it is by invitation, of its call."""
    whom = (
        Q(activity=activity)
        if activity.by_invitation
        else Q(activity=activity) | Q(call=activity.call_id)
    )
    return Follow.objects.filter(whom, person__wants_news=True)
