"""Staff's Today: what must be rung, arranged, marked, told.

It may see every app; each line leads to the act.

Every section is one query with a limit, so the page asks the same number of queries with ten people
and with thousands.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from collective import clock
from collective.clock import LONDON
from collective.messages import mail
from collective.models import (
    Activity,
    Call,
    DeletionRequest,
    FollowUp,
    Message,
    SupportLine,
    Taken,
)
from collective.models.community import CHECK_LINES_EVERY
from collective.models.message import MessageQuerySet
from events.models import AccessNeed, Conversation, Registration, Session, TimeRequest
from events.models.session import counts
from portal.today import conversations as today_talks
from portal.today.lines import MOST, Line, Section

RUNS_OUT_WITHIN = timedelta(days=1)
LOOK_BACK = timedelta(days=60)  # at sessions that are over
LOOK_AHEAD = timedelta(days=7)  # at sessions without joining details


def sections(call: Call | None = None) -> list[Section]:
    """Every section with its lines, for all calls or for one; what a colleague has taken is
    marked.
    """
    *sessions, coming = from_sessions(call)
    found = [
        to_tell(call),
        offers_running_out(call),
        to_arrange(call),
        *sessions,
        today_talks.to_mark(call),
        today_talks.times_asked_for(call),
        failed_mail(call),
        follow_ups(call),
    ]
    found += [coming] if call else [housekeeping(), coming]
    _mark_taken(found)
    return found


def _mark_taken(found: list[Section]) -> None:
    keys = {line.key for section in found for line in section.lines if line.key}
    taken = {row.line: row for row in Taken.objects.filter(line__in=keys).select_related("person")}
    for section in found:
        section.lines = [
            replace(line, taken=taken[line.key]) if line.key in taken else line
            for line in section.lines
        ]


def _of_call(messages: MessageQuerySet, call: Call):
    """Messages about registrations and announcements of this call, or about one of its
    activities.
    """
    if call is None:
        return messages
    registrations = Registration.objects.filter(session__call=call).values("pk")
    talks = Conversation.objects.filter(series__call=call).values("pk")
    wishes = TimeRequest.objects.filter(series__call=call).values("pk")
    activities = Activity.objects.filter(call=call).values("pk")
    announcements = call.announcements.values("pk")
    return messages.filter(
        Q(about__in=registrations)
        | Q(about__in=talks)
        | Q(about__in=wishes)
        | Q(about__in=activities)
        | Q(about__in=announcements)
    )


def to_tell(call: Call) -> Section:
    """To ring or to post, the shortest time left first."""
    tasks = _of_call(Message.objects.tasks(clock.now()), call).select_related("person")[: MOST + 1]
    labels, verbs = mail.labels(), {"phone": "Ring", "post": "Write to"}
    lines = [
        Line(
            f"message:{row.pk}",
            f"{verbs[row.channel]} {row.person}: {labels[row.kind]}",
            reverse("admin:collective_message_tell", args=[row.pk]),
            "Tell them",
            row.not_after,
            f"tried {row.attempts} times" if row.attempts else "",
        )
        for row in tasks
    ]
    return Section(
        "tell",
        "To ring or post",
        lines,
        reverse("admin:collective_message_changelist") + "?to_tell=1",
    )


def offers_running_out(call: Call) -> Section:
    """Offers that end within a day and were not answered."""
    rows = Registration.objects.filter(
        state=Registration.State.OFFERED,
        offer_told_at__isnull=False,
        offer_until__gt=clock.now(),
        offer_until__lte=clock.now() + RUNS_OUT_WITHIN,
    )
    rows = rows.filter(session__call=call) if call else rows
    lines = [
        Line(
            f"offer:{row.pk}",
            f"{row.person}: {row.session}",
            reverse("admin:events_registration_change", args=[row.pk]),
            "See the offer",
            row.offer_until,
        )
        for row in rows.select_related("person", "session").order_by("offer_until")[: MOST + 1]
    ]
    more = reverse("admin:events_registration_changelist") + "?state__exact=offered"
    return Section("offers", "Offers running out", lines, more)


def to_arrange(call: Call) -> Section:
    """Sessions for which something that helps people is not arranged yet: how many things, by when.

    No names.
    """
    needs = AccessNeed.objects.to_do()
    needs = needs.filter(registration__session__call=call) if call else needs
    rows = (
        needs.order_by()
        .values("registration__session", "registration__session__title")
        .annotate(
            things=Count("pk"),
            changed=Count("pk", filter=Q(changed_at__isnull=False)),
            by=Min("needed_by"),
        )
    )
    lines = [
        Line(
            f"needs:{row['registration__session']}",
            f"{row['registration__session__title']}: {row['things']} to arrange",
            reverse("admin:events_session_needs", args=[row["registration__session"]]),
            "Arrange",
            row["by"] and datetime.combine(row["by"], time(17), LONDON),
            f"{row['changed']} changed since" if row["changed"] else "",
        )
        for row in rows.order_by("by")[: MOST + 1]
    ]
    return Section("needs", "To arrange", lines, reverse("admin:events_session_changelist"))


def from_sessions(call: Call) -> tuple[Section, Section, Section, Section]:
    """Four sections from one look at the sessions: attendance, free places with a list, no joining
    details, coming.
    """
    now, State = clock.now(), Registration.State
    rows = Session.objects.exclude(
        state__in=[Session.State.CANCELLED, Session.State.TO_BE_CONFIRMED]
    )
    rows = rows.filter(call=call) if call else rows
    rows = rows.annotate(
        **counts("registrations"),
        unmarked=Count("registrations", filter=Q(registrations__state=State.CONFIRMED)),
        unsure=Count(
            "registrations",
            filter=Q(
                registrations__state=State.ATTENDED,
                registrations__capacity="not_sure",
                fee_pence__isnull=False,
            ),
        ),
    )
    past = rows.filter(starts_at__lte=now, starts_at__gt=now - LOOK_BACK).filter(
        Q(unmarked__gt=0) | Q(unsure__gt=0)
    )
    ahead = rows.filter(starts_at__gt=now)
    both = past.order_by("starts_at")[: MOST + 1].union(
        ahead.order_by("starts_at")[: 2 * MOST], all=True
    )
    everything = reverse("admin:events_session_changelist")
    found = (
        Section("attendance", "Attendance to mark", more=everything),
        Section("free", "Free places while people wait", more=everything),
        Section("joining", "Joining details to write", more=everything),
        Section("coming", "Coming sessions", more=everything),
    )
    for row in sorted(both, key=lambda row: row.starts_at):
        _sort_session(row, *(section.lines for section in found))
    return found


def _sort_session(row, attendance, free, joining, coming) -> None:
    board = reverse("admin:events_session_board", args=[row.pk])
    if row.has_started and row.unmarked:
        url = reverse("admin:events_session_attendance", args=[row.pk])
        attendance.append(
            Line(
                f"attendance:{row.pk}",
                f"{row}: {row.unmarked} not marked",
                url,
                "Mark",
                row.ends_at,
            )
        )
    if row.unsure:
        words = f"{row}: ask {row.unsure} who took part and were not sure in which capacity"
        attendance.append(Line(f"ask:{row.pk}", words, f"{board}?show=not_sure", "Ask"))
    if not row.has_started and row.waiting and row.held < row.places:
        words = f"{row}: {row.places - row.held} free, {row.waiting} wait"
        free.append(Line(f"free:{row.pk}", words, f"{board}?show=waiting", "Offer", row.starts_at))
    if not row.has_started:
        words = f"{row}: {row.held} of {row.places} places taken or offered, {row.waiting} wait"
        book = ("Book for somebody", reverse("admin:events_session_book", args=[row.pk]), str(row))
        coming.append(Line("", words, board, "Open the board", row.starts_at, also=book))
    if (
        not row.has_started
        and not row.has_joining_details
        and row.starts_at < clock.now() + LOOK_AHEAD
    ):
        url = reverse("admin:events_session_change", args=[row.pk])
        joining.append(
            Line(
                f"joining:{row.pk}",
                f"{row}: nobody can know how to join",
                url,
                "Write them",
                row.starts_at,
            )
        )


def failed_mail(call: Call) -> Section:
    """Mail that failed or came back, as long as it is worth telling; sign-in codes are asked for
    anew.
    """
    rows = _of_call(Message.objects.failed(), call).exclude(kind__in=["code", "address_code"])
    rows = rows.filter(Q(not_after=None) | Q(not_after__gt=clock.now()))
    rows = rows.select_related("person").order_by("-created_at")[: MOST + 1]
    labels = mail.labels()
    lines = [
        Line(
            f"message:{row.pk}",
            f"{row.person or row.address}: {labels.get(row.kind, row.kind)}",
            reverse("admin:collective_message_change", args=[row.pk]),
            "See what to do",
            row.not_after,
        )
        for row in rows
    ]
    more = reverse("admin:collective_message_changelist") + "?state__exact=failed"
    return Section("failed", "Mail that did not arrive", lines, more)


def follow_ups(call: Call) -> Section:
    """What somebody wanted to come back to today or before."""
    rows = FollowUp.objects.open().filter(due_on__lte=timezone.localdate(clock.now()))
    rows = rows.filter(activity__call=call) if call else rows
    lines = [
        Line(
            f"followup:{row.pk}",
            str(row.person or row.activity or "Something to come back to"),
            reverse("admin:collective_followup_change", args=[row.pk]),
            "Read it",
            datetime.combine(row.due_on, time(17), LONDON),
        )
        for row in rows.select_related("person", "activity")[: MOST + 1]
    ]
    return Section(
        "follow_ups", "Follow-ups", lines, reverse("admin:collective_followup_changelist")
    )


def housekeeping() -> Section:
    """Requests to be deleted (a month to answer) and support lines that nobody checked for half a
    year.
    """
    requests = (
        DeletionRequest.objects.filter(done_at=None)
        .select_related("person")
        .order_by("asked_at")[: MOST + 1]
    )
    lines = [
        Line(
            f"delete:{row.pk}",
            f"{row.person} asked us to delete what we hold",
            reverse("admin:collective_deletionrequest_change", args=[row.pk]),
            "Answer",
            row.asked_at + timedelta(days=28),
        )
        for row in requests
    ]
    old = SupportLine.objects.filter(checked_on__lte=clock.now().date() - CHECK_LINES_EVERY).count()
    if old:
        url = reverse("admin:collective_supportline_changelist")
        lines.append(
            Line(
                "lines",
                f"{old} support lines to check: are numbers and hours still right?",
                url,
                "Check",
            )
        )
    return Section("also", "Requests and support lines", lines)
