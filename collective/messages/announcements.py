"""Messages to many: who is meant, how many are told by which channel, and sending them once.

The portal registers each app's audiences; an audience is a function from the announcement to a
queryset of people.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.messages import addresses, mail
from collective.messages.mail import Letter
from collective.models import Activity, Announcement, Call, Follow, Message, Person

State = Announcement.State
SOON = timedelta(minutes=1)


@dataclass(frozen=True)
class Audience:
    """Some people, by a name. What is news reaches nobody who has turned news off."""

    name: str
    label: str
    people: Callable
    needs: str  # "call", "activity" or "chosen": what the announcement must name
    is_news: bool = False


_audiences = {}


def register(*audiences) -> None:
    """Make these audiences known; the portal calls this."""
    _audiences.update({row.name: row for row in audiences})


def choices():
    return [(row.name, row.label) for row in _audiences.values()]


def audience_of(announcement: Announcement):
    return _audiences[announcement.audience]


def check(audience_name, *, call: Call, activity: Activity, chosen) -> None:
    """Raise RuleError, with what to do, where the audience's call, session or people are not
    named.
    """
    needs = _audiences[audience_name].needs
    if not {"call": call, "activity": activity, "chosen": chosen}[needs]:
        what = {"call": "the call", "activity": "the session", "chosen": "at least one person"}[
            needs
        ]
        raise RuleError(f"Choose {what} for this audience.")


def people(announcement: Announcement) -> QuerySet[Person]:
    """Those who are told: each once, none who is shut out, and news to nobody who does not want
    any.
    """
    audience = audience_of(announcement)
    found = Person.objects.filter(
        pk__in=audience.people(announcement).order_by().values("pk"), is_active=True
    )
    return found.filter(wants_news=True) if audience.is_news else found


def counts(announcement: Announcement):
    """{"email": n, "phone": n, "post": n, "off": how many have turned news off}."""
    told = Counter(people(announcement).values_list("reach_by", flat=True))
    everybody = (
        audience_of(announcement)
        .people(announcement)
        .filter(is_active=True)
        .order_by()
        .values("pk")
    )
    off = everybody.distinct().count() - sum(told.values())
    return {**dict.fromkeys(Person.ReachBy.values, 0), **told, "off": off}


@transaction.atomic
def schedule(announcement: Announcement, send_at=None) -> Announcement:
    """Send it at this time, or in a minute, so that it can be stopped.

    Raises RuleError for one that went out.
    """
    row = _locked(announcement)
    if row.state == State.SENT:
        raise RuleError("This has gone out already.")
    row.send_at, row.state = send_at or clock.now() + SOON, State.SCHEDULED
    row.save()
    return row


@transaction.atomic
def stop(announcement: Announcement) -> Announcement:
    """Keep it from going out. Raises RuleError where it has gone out."""
    row = _locked(announcement)
    if row.state == State.SENT:
        raise RuleError("This has gone out already, so it cannot be stopped.")
    row.state = State.DRAFT
    row.save()
    return row


def _locked(announcement: Announcement) -> Announcement:
    return Announcement.objects.select_for_update(no_key=True, of=("self",)).get(pk=announcement.pk)


def send_due():
    """The sweep: write the messages of what is due; returns (seen, done)."""
    due = Announcement.objects.due(clock.now()).values_list("pk")
    return sweeps.each(list(due), _send)


@transaction.atomic
def _send(key: str) -> int:
    row = (
        Announcement.objects.due(clock.now())
        .filter(pk=key)
        .select_for_update(of=("self",), skip_locked=True)
        .first()
    )
    if row is None:
        return 0
    row.told = mail.tell_all(
        people(row).order_by("pk").iterator(chunk_size=500), "announcement", row
    )
    row.state, row.sent_at = State.SENT, clock.now()
    row.save()
    return row.told


def test(announcement: Announcement, person: Person) -> None:
    """Send it to oneself, to see how it reads; each time anew."""
    mail.tell(person, "announcement_test", announcement, revision=clock.now().isoformat())


def _letter(message: Message, announcement: Announcement, subject: str) -> Letter:
    stop_address = ""
    follow = message.person and _follows(announcement).filter(person=message.person).first()
    if follow and audience_of(announcement).is_news:
        stop_address = addresses.full_reverse(
            "stop_following", follow.pk, key_purpose="follow", pk=follow.pk
        )
    context = {"announcement": announcement, "stop": stop_address}
    return mail.Letter(
        subject, "email/announcement.html", context, row=announcement, one_click_stop=stop_address
    )


def _follows(announcement: Announcement) -> QuerySet[Follow]:
    """Of the call, and of any way to take part in it."""
    return Follow.objects.filter(
        Q(call=announcement.call_id) | Q(activity__call=announcement.call_id)
    )


@mail.kind("announcement", "Message to many")
def announcement_letter(message: Message) -> Letter:
    announcement = Announcement.objects.get(pk=message.about)
    return _letter(message, announcement, announcement.subject)


@mail.kind("announcement_test", "Message to many, as a test to oneself")
def announcement_test(message: Message) -> Announcement | Letter | None:
    announcement = Announcement.objects.filter(pk=message.about).first()
    return announcement and _letter(message, announcement, f"Test: {announcement.subject}"[:150])


def followers(announcement: Announcement) -> QuerySet[Person]:
    """Who asked to be told about the call, or about any way to take part in it."""
    return Person.objects.filter(follows__in=_follows(announcement))


def chosen(announcement: Announcement) -> QuerySet[Person]:
    return announcement.chosen.all()


AUDIENCES = [
    Audience("followers", "Everybody who follows the call", followers, "call", is_news=True),
    Audience("chosen", "The people chosen below", chosen, "chosen"),
]
