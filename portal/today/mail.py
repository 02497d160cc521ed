"""The daily email to staff: counts only, as it may be read on a shared screen."""

from datetime import datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from collective import clock
from collective.clock import LONDON
from collective.messages import addresses, mail
from collective.messages.mail import Letter
from collective.models import Message, Person
from portal.today.lines import MOST
from portal.today.sections import sections

MAIL_AT = time(8)


def tell_staff() -> tuple[int, int]:
    """The sweep: from 8:00 in the morning, one mail each to staff who look after sessions; returns
    (seen, done).
    """
    now = timezone.localtime(clock.now(), LONDON)
    if now.time() < MAIL_AT:
        return 0, 0
    people = Person.objects.filter(
        is_staff=True, is_active=True, wants_staff_mail=True, reach_by="email"
    )
    people = people.filter(Q(groups__name="Coordinators") | Q(is_superuser=True)).distinct()
    already = Message.objects.filter(kind="staff_today", revision=str(now.date())).values("person")
    midnight = datetime.combine(now.date() + timedelta(days=1), time(0), LONDON)
    todo = list(people.exclude(pk__in=already))
    for person in todo:
        mail.tell(person, "staff_today", person, revision=str(now.date()), not_after=midnight)
    return len(todo), len(todo)


@mail.kind("staff_today", "Daily staff email")
def staff_today(message: Message) -> Letter | None:
    """Only on days with something to do."""
    if not message.person.is_staff or not message.person.wants_staff_mail:
        return None
    found = [row for row in sections() if row.lines and row.name != "coming"]
    lines = [
        (row.title, f"more than {MOST}" if row.has_more else str(len(row.lines))) for row in found
    ]
    if not lines:
        return None
    context = {"lines": lines, "admin": addresses.full_reverse("admin:index")}
    return mail.Letter("Today", "email/staff_today.html", context)


def tell_after_restore(taken_at: datetime, now: datetime) -> int:
    """After a backup was restored: today's mail may have gone out; returns how many there are."""
    return tell_staff()[1]
