"""People who follow a call or an activity hear once of a date, and once when sign-up opens."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from collective import clock
from collective.background import sweeps
from collective.messages import kinds, mail
from collective.models import Activity, Call, Follow, Person
from collective.people import standing


@transaction.atomic
def follow(person: Person, target: Call | Activity) -> Follow:
    """Follow a Call or an Activity; asking again changes nothing."""
    person = standing.record_of(person.pk)
    if isinstance(target, Call):
        return Follow.objects.get_or_create(person=person, call=target)[0]
    return Follow.objects.get_or_create(person=person, activity=target)[0]


def from_now_on(person: Person) -> str:
    """What somebody reads who has just asked to be told of something."""
    if person.wants_news:
        return "We will write to you when there is news. A link in each email stops it."
    return "We have noted it. But you have turned news off: switch it on under “Mail from us”."


def of_call(person: Person, call: Call) -> QuerySet[Follow]:
    """Every follow by which news of this call comes to this person, or to the same address."""
    whose = Q(person=person)
    if address := person.mail_address:
        whose |= Q(person__email=address) | Q(person__email=None, person__contact_email=address)
    return Follow.objects.filter(whose, Q(call=call) | Q(activity__call=call))


@transaction.atomic
def stop(person: Person, call: Call) -> int:
    """No news of this call comes there any more, by whatever it was followed; returns how many."""
    return of_call(person, call).delete()[0]


def announce_all() -> sweeps.Counts:
    """The sweep: tell followers what has become true since the last look; (seen, done)."""
    now = clock.now()
    published = Activity.objects.filter(call__published_at__lte=now, state=Activity.State.OPEN)
    opened = published.filter(Q(opens_at=None) | Q(opens_at__lte=now), opening_told_at=None)
    dated = published.filter(starts_at__gt=now, date_told_at=None, opens_at__gt=now)
    return sweeps.each([*opened.values_list("pk"), *dated.values_list("pk")], _announce)


@transaction.atomic
def _announce(key: UUID) -> int:
    locked = Activity.objects.select_for_update(no_key=True, of=("self",))
    activity = locked.select_related("call").get(pk=key)
    kind = _news_of(activity)
    if kind is None:
        return 0
    told = 0
    for row in followers_of(activity).select_related("person").iterator(chunk_size=500):
        mail.tell(row.person, kind, activity, not_after=activity.ends_at)
        told += 1
    _note_told(activity, kind)
    return told


def _news_of(activity: Activity) -> str | None:
    """The kind of message that followers have not had yet, or None for no news."""
    if activity.is_open and activity.opening_told_at is None:
        return kinds.SIGN_UP_OPEN
    if activity.opens_later and activity.has_date and activity.date_told_at is None:
        return kinds.DATE_SET
    return None


def _note_told(activity: Activity, kind: str) -> None:
    """Once sign-up is open, the date is no news any more."""
    now = clock.now()
    changes = {"date_told_at": activity.date_told_at or now}
    if kind == kinds.SIGN_UP_OPEN:
        changes["opening_told_at"] = now
    Activity.objects.filter(pk=activity.pk).update(**changes)


def followers_of(activity: Activity) -> QuerySet[Follow]:
    """Follows of the activity and, unless it is by invitation, of its call."""
    whom = Q(activity=activity)
    if not activity.by_invitation:
        whom |= Q(call=activity.call_id)
    return Follow.objects.filter(whom, person__wants_news=True)
