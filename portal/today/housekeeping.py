"""Today's part about what the team keeps up: follow-ups, requests to delete, support lines."""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from collective import clock
from collective.models import Call, DeletionRequest, FollowUp, JoinRequest, SupportLine
from collective.models.community import CHECK_LINES_EVERY
from collective.models.record_join import ASKED_FOR
from collective.people import sign_in_limits
from payments.working_days import end_of
from portal.today.lines import ONE_MORE, Line, Section

How = DeletionRequest.How
ANSWER_WITHIN = timedelta(days=28)  # a request to delete: the law gives a month


def follow_ups(call: Call | None) -> Section:
    """What somebody wanted to come back to today or before."""
    rows = FollowUp.objects.open().filter(due_on__lte=timezone.localdate(clock.now()))
    if call:
        rows = rows.filter(activity__call=call)
    lines = [
        Line(
            f"followup:{row.pk}",
            str(row.person or row.activity or "Something to come back to"),
            reverse("admin:collective_followup_change", args=[row.pk]),
            "Read it",
            end_of(row.due_on),
            person=row.person,
        )
        for row in rows.select_related("person", "activity")[:ONE_MORE]
    ]
    more = reverse("admin:collective_followup_changelist")
    return Section("follow_ups", "Follow-ups", lines, more)


def requests() -> Section:
    """What people ask of us, and guessing at sign-in codes."""
    lines = [*_requests_to_delete(), *_records_to_join(), *_codes_guessed()]
    return Section("also", "Requests and signing in", lines)


def support_lines() -> Section:
    """Support lines to check, for whoever looks after them."""
    return Section("lines", "Support lines", _lines_to_check())


def _requests_to_delete() -> list[Line]:
    """Those to begin, those that a second colleague confirms, and those that have to wait."""
    to_confirm = Q(how__in=[How.RANG, How.DIED], confirmed_by=None)
    asking = Q(due_at=None) | to_confirm | Q(waits_since__isnull=False)
    rows = DeletionRequest.objects.open().filter(asking).select_related("person")
    return [
        Line(
            f"delete:{row.pk}",
            f"{row.person} asks to be forgotten: {_what_it_asks(row)}",
            reverse("admin:collective_deletionrequest_change", args=[row.pk]),
            "Answer",
            row.asked_at + ANSWER_WITHIN,
            person=row.person,
        )
        for row in rows.order_by("asked_at")[:ONE_MORE]
    ]


def _records_to_join() -> list[Line]:
    """Joins that take private things along: somebody else than the one who asks looks too."""
    rows = JoinRequest.objects.open().select_related("kept", "asked_by").order_by("asked_at")
    return [
        Line(
            f"join:{row.pk}",
            f"{row.asked_by} asks a colleague: are these two records both {row.kept}’s?",
            f"{reverse('admin:collective_person_join', args=[row.kept_id])}"
            f"?other={row.gone_id}&keep={row.kept_id}",
            "Look",
            row.asked_at + ASKED_FOR,
        )
        for row in rows[:ONE_MORE]
    ]


def _what_it_asks(row: DeletionRequest) -> str:
    if row.due_at is None:
        return "begin it"
    if row.needs_confirming:
        return "a second colleague confirms it"
    return "something has to be settled first"


def _lines_to_check() -> list[Line]:
    """One line for all of them, or none."""
    long_ago = clock.now().date() - CHECK_LINES_EVERY
    number = SupportLine.objects.filter(checked_on__lte=long_ago).count()
    if not number:
        return []
    lines = "1 support line" if number == 1 else f"{number} support lines"
    words = f"{lines} to check: are numbers and hours still right?"
    return [Line("lines", words, reverse("admin:collective_supportline_changelist"), "Check")]


def _codes_guessed() -> list[Line]:
    """One line while somebody seems to guess at sign-in codes of many addresses, or none."""
    found = sign_in_limits.guesses()
    if not found.are_many:
        return []
    words = f"Wrong sign-in codes were tried for {found.addresses} addresses in a day"
    day = timezone.localdate(clock.now())
    return [Line(f"guessed:{day}", words, reverse("admin:guessing"), "See what to do")]
