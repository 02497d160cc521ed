"""The daily email to staff: counts only, as it may be read on a shared screen."""

from datetime import datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from collective import clock
from collective.background import sweeps
from collective.clock import LONDON
from collective.messages import addresses, mail
from collective.messages.mail import Letter
from collective.models import Message, Person
from collective.models.person import PersonQuerySet
from portal.today import kinds
from portal.today.lines import MOST, Section
from portal.today.sections import sections

BECAUSE = "you are on our team"
MAIL_AT = time(8)
GROUPS = ["Coordinators", "Finance", "Safeguarding leads"]
NOT_COUNTED = {"coming", "running"}  # nothing to do; told in a mail of its own


def tell_staff() -> tuple[int, int]:
    """The sweep: from 8:00 on, one mail each to staff for whom Today has sections; (seen, done)."""
    now = timezone.localtime(clock.now(), LONDON)
    if now.time() < MAIL_AT:
        return 0, 0
    told = Message.objects.filter(kind=kinds.STAFF_TODAY, revision=str(now.date()))
    todo = _staff_who_want_it().exclude(pk__in=told.values("person"))
    return sweeps.each([(person, now) for person in todo], _tell)


def _staff_who_want_it() -> PersonQuerySet:
    people = Person.objects.filter(
        is_staff=True,
        is_active=True,
        wants_staff_mail=True,
        reach_by=Person.ReachBy.EMAIL,
    )
    of_groups = Q(groups__name__in=GROUPS)
    return people.filter(of_groups | Q(is_superuser=True)).distinct()


def _tell(person: Person, now: datetime) -> int:
    midnight = datetime.combine(now.date() + timedelta(days=1), time(0), LONDON)
    mail.tell(person, kinds.STAFF_TODAY, person, revision=str(now.date()), not_after=midnight)
    return 1


@mail.kind(kinds.STAFF_TODAY, "Daily staff email")
def staff_today(message: Message) -> Letter | None:
    """Only on days with something to do."""
    person = message.person
    if person is None or not person.is_staff or not person.wants_staff_mail:
        return None
    found = [row for row in sections(person) if row.lines and row.name not in NOT_COUNTED]
    if not found:
        return None
    lines = [
        (row.title, f"more than {MOST}" if row.has_more else str(len(row.lines))) for row in found
    ]
    context = {"lines": lines, "admin": addresses.full_reverse("admin:index")}
    return Letter(_subject(found), "email/staff_today.html", context)


def _subject(found: list[Section]) -> str:
    """How many things wait, in words: "Today 1 thing waits", "Today more than 15 things wait"."""
    number = sum(len(row.shown) for row in found)
    more = "more than " if any(row.has_more for row in found) else ""
    return f"Today {more}{number} thing{' waits' if number == 1 else 's wait'}"


def tell_after_restore(taken_at: datetime, now: datetime) -> int:
    """After a backup was restored: today's mail may have gone out; returns how many there are."""
    return tell_staff()[1]
