"""The page inside the admin that says whether everything runs."""

import platform
from datetime import datetime
from typing import Any, NamedTuple

import django
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Count, Max, Min
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

import collective
from collective import clock
from collective.background import restoring, sweeps
from collective.messages import mail
from collective.models import Backup, Message, SweepRun
from collective.models.message import MessageQuerySet
from collective.people.requests import MemberRequest
from portal import doctor

NEWEST_ERRORS = 200


class SweepState(NamedTuple):
    """How a sweep does: when it last finished well, is it late, and the newest error since."""

    name: str
    finished_at: datetime | None
    is_late: bool
    error: str


class MessageState(NamedTuple):
    """How many messages of a channel are in a state."""

    channel: str
    state: str
    number: int
    is_failed: bool


def status(request: MemberRequest, admin_site: AdminSite) -> HttpResponse:
    """Whether everything runs: sweeps, messages, versions, migrations, backups."""
    if not request.user.has_perm("collective.view_sweeprun"):
        raise PermissionDenied
    if request.method == "POST":
        return _try_mail_again(request)
    found = _sweeps()
    context = {
        "title": "System status",
        "refused": _refused(),
        "sweeps": found,
        "is_one_unwell": any(sweep.is_late or sweep.error for sweep in found),
        "states": _states(),
        "versions": _versions(),
        "try_again": _may_try_again().count(),
        "held": Message.objects.failed().filter(error__startswith=restoring.HELD).count(),
        "lines": sorted(doctor.lines(doctor.QUICK), key=lambda line: line.ok),
        "backups": _backups(),
    }
    frame = admin_site.each_context(request)
    return TemplateResponse(request, "admin/status.html", {**frame, **context})


def _try_mail_again(request: MemberRequest) -> HttpResponse:
    if not request.user.has_perm("collective.change_message"):
        raise PermissionDenied
    number = mail.try_again(_may_try_again())
    messages.success(request, f"Failed messages that are tried again: {number}.")
    return redirect("admin:status")


def _may_try_again() -> MessageQuerySet:
    """Failed mail, without what was held after a restore: it may have gone out.

    Somebody decides on that one by one.
    """
    return Message.objects.failed().exclude(error__startswith=restoring.HELD)


def _sweeps() -> list[SweepState]:
    good = SweepRun.objects.until(clock.now() + clock.AHEAD).good()
    done = dict(good.values_list("name").annotate(Max("finished_at")))
    failing = _newest_errors(done)
    late = set(sweeps.late())
    return [
        SweepState(name, done.get(name), name in late, failing.get(name, ""))
        for name in sweeps.names()
    ]


def _newest_errors(done: dict[str, datetime]) -> dict[str, str]:
    """By the name of a sweep: its newest error since it last finished well."""
    rows = SweepRun.objects.exclude(error="").order_by("started_at")[:NEWEST_ERRORS]
    return {
        row.name: row.error
        for row in rows
        if row.name not in done or row.started_at > done[row.name]
    }


def _refused() -> list[Any]:
    """How mail that waits is refused, without an address: how often so, and since when."""
    rows = Message.objects.refused(clock.now()).order_by().values("refused_as")
    return list(rows.annotate(number=Count("pk"), since=Min("refused_at")).order_by("since"))


def _states() -> list[MessageState]:
    rows = Message.objects.order_by().values("channel", "state").annotate(number=Count("pk"))
    return sorted(
        MessageState(
            Message.Channel(row["channel"]).label,
            Message.State(row["state"]).label,
            row["number"],
            row["state"] == Message.State.FAILED,
        )
        for row in rows
    )


def _backups() -> dict[str, Any]:
    """The newest backup, was one proven to come back, and when did one come back."""
    newest, proven = Backup.objects.taken().first(), Backup.objects.proven().first()
    return {
        "newest": newest,
        "proven": proven,
        "proof_is_old": proven is None or proven.proof_is_old,
        "not_coming_back": Backup.objects.not_coming_back(),
        "restored": Backup.objects.exclude(restored_at=None).order_by("-restored_at").first(),
    }


def _versions() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (postgres,) = cursor.fetchone()
    return [
        ("Collective", collective.__version__),
        ("Django", django.get_version()),
        ("Python", platform.python_version()),
        ("PostgreSQL", postgres),
    ]
