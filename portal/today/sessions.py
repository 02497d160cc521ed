"""Today's part about sessions: offers, what to arrange, attendance, places, joining details."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Count, Max, Min, Q
from django.urls import reverse

from collective import clock
from collective.models import Call
from events.models import AccessNeed, Registration, Session
from events.models.session import SessionQuerySet, counts
from payments.working_days import end_of
from portal.today.lines import MOST, ONE_MORE, Also, Line, Section

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

RUNS_OUT_WITHIN = timedelta(days=1)
LOOK_BACK = timedelta(days=60)  # at sessions that are over
LOOK_AHEAD = timedelta(days=7)  # at sessions without joining details
State = Registration.State


class Numbers(TypedDict):
    """What is counted of each session."""

    held: int
    waiting: int
    unmarked: int
    unsure: int


def offers_running_out(call: Call | None) -> Section:
    """Offers that end within a day and were not answered."""
    now = clock.now()
    rows = Registration.objects.filter(
        state=State.OFFERED,
        offer_told_at__isnull=False,
        offer_until__gt=now,
        offer_until__lte=now + RUNS_OUT_WITHIN,
    )
    if call:
        rows = rows.filter(session__call=call)
    lines = [
        Line(
            f"offer:{row.pk}",
            f"{row.person}: {row.session}",
            reverse("admin:events_registration_change", args=[row.pk]),
            "See the offer",
            row.offer_until,
            person=row.person,
        )
        for row in rows.select_related("person", "session").order_by("offer_until")[:ONE_MORE]
    ]
    more = f"{reverse('admin:events_registration_changelist')}?state__exact={State.OFFERED}"
    return Section("offers", "Offers running out", lines, more)


def to_arrange(call: Call | None) -> Section:
    """Sessions for which something that helps people is not settled: how many things, by when.

    No names. It stays when the session is over, until the people have a word about it.
    """
    needs = AccessNeed.objects.to_do()
    if call:
        needs = needs.filter(registration__session__call=call)
    by_session = needs.order_by().values("registration__session", "registration__session__title")
    rows = by_session.annotate(
        things=Count("pk"),
        changed=Count("pk", filter=Q(changed_at__isnull=False)),
        by=Min("needed_by"),
        ends_at=Max("registration__session__ends_at"),
    )
    lines = [_to_arrange(row) for row in rows.order_by("by")[:ONE_MORE]]
    return Section("needs", "To arrange", lines, reverse("admin:events_session_changelist"))


def _to_arrange(row: Mapping[str, Any]) -> Line:
    session, title = row["registration__session"], row["registration__session__title"]
    is_over = row["ends_at"] is not None and row["ends_at"] <= clock.now()
    words = "still open after it: people are owed a word" if is_over else "to arrange"
    return Line(
        f"needs:{session}",
        f"{title}: {row['things']} {words}",
        reverse("admin:events_session_needs", args=[session]),
        "Settle" if is_over else "Arrange",
        end_of(row["by"]) if row["by"] else None,
        note=f"{row['changed']} changed since" if row["changed"] else "",
    )


def from_sessions(call: Call | None) -> list[Section]:
    """From one look at the sessions: attendance, free places, joining details, what is coming."""
    more = reverse("admin:events_session_changelist")
    attendance = Section("attendance", "Attendance to mark", more=more)
    free = Section("free", "Free places while people wait", more=more)
    joining = Section("joining", "Joining details to write", more=more)
    coming = Section("coming", "Coming sessions", more=more)
    for row in _begun_and_coming(_counted(call)):
        attendance.lines += _to_mark(row)
        if not row.has_started:
            free.lines += _free_places(row)
            joining.lines += _joining_details(row)
            coming.lines.append(_coming(row))
    return [attendance, free, joining, coming]


def _counted(call: Call | None) -> SessionQuerySet:
    """The sessions that take place, with the numbers that the lines need."""
    off = [Session.State.CANCELLED, Session.State.TO_BE_CONFIRMED]
    rows = Session.objects.exclude(state__in=off)
    if call:
        rows = rows.filter(call=call)
    attended = Q(registrations__state=State.ATTENDED)
    unsure = Q(registrations__capacity=Registration.Capacity.NOT_SURE, fee_pence__isnull=False)
    return rows.annotate(
        **counts("registrations"),
        unmarked=Count("registrations", filter=Q(registrations__state=State.CONFIRMED)),
        unsure=Count("registrations", filter=attended & unsure),
    )


def _begun_and_coming(rows: SessionQuerySet) -> list["WithAnnotations[Session, Numbers]"]:
    """Those that have begun and ask for something, and those that come next, in one query."""
    now = clock.now()
    begun = rows.filter(starts_at__lte=now, starts_at__gt=now - LOOK_BACK)
    asking = begun.filter(Q(unmarked__gt=0) | Q(unsure__gt=0)).order_by("starts_at")
    ahead = rows.filter(starts_at__gt=now).order_by("starts_at")
    both = asking[:ONE_MORE].union(ahead[: 2 * MOST], all=True)
    return sorted(both, key=lambda row: row.starts_at)


def _board(row: Session) -> str:
    return reverse("admin:events_session_board", args=[row.pk])


def _to_mark(row: "WithAnnotations[Session, Numbers]") -> list[Line]:
    """Who was there, and in which capacity people took part who were not sure."""
    lines = []
    if row.has_started and row.unmarked:
        url = reverse("admin:events_session_attendance", args=[row.pk])
        words = f"{row}: {row.unmarked} not marked"
        lines.append(Line(f"attendance:{row.pk}", words, url, "Mark", row.ends_at))
    if row.unsure:
        words = f"{row}: ask {row.unsure} who took part and were not sure in which capacity"
        lines.append(Line(f"ask:{row.pk}", words, f"{_board(row)}?show=not_sure", "Ask"))
    return lines


def _free_places(row: "WithAnnotations[Session, Numbers]") -> list[Line]:
    """A line where a place is free while somebody waits."""
    free = row.places - row.held
    if not row.waiting or free <= 0:
        return []
    words, url = f"{row}: {free} free, {row.waiting} wait", f"{_board(row)}?show=waiting"
    return [Line(f"free:{row.pk}", words, url, "Offer", row.starts_at)]


def _joining_details(row: Session) -> list[Line]:
    """A line where nobody can know how to join a session that comes soon."""
    is_soon = row.starts_at is not None and row.starts_at < clock.now() + LOOK_AHEAD
    if row.has_joining_details or not is_soon:
        return []
    url, words = (
        reverse("admin:events_session_change", args=[row.pk]),
        "nobody can know how to join",
    )
    return [Line(f"joining:{row.pk}", f"{row}: {words}", url, "Write them", row.starts_at)]


def _coming(row: "WithAnnotations[Session, Numbers]") -> Line:
    words = f"{row}: {row.held} of {row.places} places taken or offered, {row.waiting} wait"
    book = Also("Book for somebody", reverse("admin:events_session_book", args=[row.pk]), str(row))
    return Line("", words, _board(row), "Open the board", row.starts_at, also=book)
