"""Messages to many: the people meant, how many are told by which channel, sending them once."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.messages import addresses, kinds, mail
from collective.messages.letters import ASKED_US, Letter
from collective.models import Activity, Announcement, Call, Follow, Message, Person
from collective.models.person import PersonQuerySet

BECAUSE = "somebody from our team has written to you"
State = Announcement.State
SOON = timedelta(minutes=1)


@dataclass(frozen=True)
class Audience:
    """Some people, by a name: a function from the announcement to them.

    What is news reaches nobody who has turned news off.
    """

    name: str
    label: str
    people: Callable[[Announcement], PersonQuerySet]
    needs: str  # "call", "activity" or "chosen": what the announcement must name
    because: str = ""  # why they get it
    is_news: bool = False


class Named(NamedTuple):
    """What an announcement names, of what an audience can need."""

    call: Call | None
    activity: Activity | None
    chosen: object  # people, or nobody


TO_CHOOSE = {"call": "the call", "activity": "the session", "chosen": "at least one person"}
_audiences: dict[str, Audience] = {}


def register(*audiences: Audience) -> None:
    """Make these audiences known; the portal calls this."""
    _audiences.update({row.name: row for row in audiences})


def choices() -> list[tuple[str, str]]:
    """The audiences, for a form: (name, label)."""
    return [(row.name, row.label) for row in _audiences.values()]


def audience_of(announcement: Announcement) -> Audience:
    """Who is meant by it."""
    return _audiences[announcement.audience]


def check(audience_name: str, named: Named) -> None:
    """Raise RuleError, with what to do, where what this audience needs is not named."""
    needs = _audiences[audience_name].needs
    if not getattr(named, needs):
        raise RuleError(f"Choose {TO_CHOOSE[needs]} for this audience.")


def people(announcement: Announcement) -> PersonQuerySet:
    """The people who are told: each once, nobody who is shut out, and news only as they wish."""
    meant = audience_of(announcement).people(announcement).order_by()
    found = Person.objects.filter(pk__in=meant.values("pk"), is_active=True)
    return found.filter(wants_news=True) if audience_of(announcement).is_news else found


def counts(announcement: Announcement) -> dict[str, int]:
    """{"email": n, "phone": n, "post": n, "off": how many have turned news off}."""
    told = Counter(people(announcement).values_list("reach_by", flat=True))
    meant = audience_of(announcement).people(announcement).filter(is_active=True).order_by()
    off = meant.values("pk").distinct().count() - sum(told.values())
    return {**dict.fromkeys(Person.ReachBy.values, 0), **told, "off": off}


@transaction.atomic
def schedule(announcement: Announcement, send_at: datetime | None = None) -> Announcement:
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


def send_due() -> sweeps.Counts:
    """The sweep: write the messages of what is due; returns (seen, done)."""
    return sweeps.each(Announcement.objects.due(clock.now()).values_list("pk"), _send)


@transaction.atomic
def _send(key: UUID) -> int:
    due = Announcement.objects.due(clock.now()).filter(pk=key)
    row = due.select_for_update(of=("self",), skip_locked=True).first()
    if row is None:
        return 0
    told = people(row).order_by("pk").iterator(chunk_size=500)
    row.told = mail.tell_all(told, kinds.ANNOUNCEMENT, row)
    row.state, row.sent_at = State.SENT, clock.now()
    row.save()
    return row.told


def send_test(announcement: Announcement, person: Person) -> None:
    """Send it to oneself, to see how it reads; each time anew."""
    now = clock.now().isoformat()
    mail.tell(person, kinds.ANNOUNCEMENT_TEST, announcement, revision=now)


def _letter(message: Message, announcement: Announcement, subject: str) -> Letter:
    stop = _stop_address(message, announcement)
    context = {"announcement": announcement, "stop": stop}
    template = "email/announcement.html"
    because = "" if message.kind == kinds.ANNOUNCEMENT_TEST else audience_of(announcement).because
    return Letter(
        subject, template, context, row=announcement, one_click_stop=stop, because=because
    )


def _stop_address(message: Message, announcement: Announcement) -> str:
    """Where they stop such news; "" where it is no news, or they follow nothing of this call."""
    if message.person is None or not audience_of(announcement).is_news:
        return ""
    follow = _follows(announcement).filter(person=message.person).first()
    return addresses.stop_news(follow) if follow else ""


def _follows(announcement: Announcement) -> QuerySet[Follow]:
    """Of the call, and of any way to take part in it."""
    call = announcement.call_id
    return Follow.objects.filter(Q(call=call) | Q(activity__call=call))


@mail.kind(kinds.ANNOUNCEMENT, "Message to many")
def announcement_letter(message: Message) -> Letter:
    announcement = Announcement.objects.get(pk=message.about)
    return _letter(message, announcement, announcement.subject)


@mail.kind(
    kinds.ANNOUNCEMENT_TEST,
    "Message to many, as a test to oneself",
    because="you sent this test to yourself",
)
def announcement_test(message: Message) -> Letter | None:
    announcement = Announcement.objects.filter(pk=message.about).first()
    if announcement is None:
        return None
    return _letter(message, announcement, f"Test: {announcement.subject}"[:150])


def followers(announcement: Announcement) -> PersonQuerySet:
    """People who asked to be told about the call, or about any way to take part in it."""
    return Person.objects.filter(follows__in=_follows(announcement))


def chosen(announcement: Announcement) -> PersonQuerySet:
    """The people whom staff have named one by one."""
    return Person.objects.filter(pk__in=announcement.chosen.values("pk"))


AUDIENCES = [
    Audience(
        "followers", "Everybody who follows the call", followers, "call", ASKED_US, is_news=True
    ),
    Audience("chosen", "The people chosen below", chosen, "chosen"),
]
