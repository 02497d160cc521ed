"""Staff's first page, and the page that says whether everything runs.

Both live inside the admin.
"""

import platform
from datetime import timedelta

import django
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Max
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

import collective
from collective import clock, taken
from collective.background import restoring, sweeps
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Backup, Call, Message, SweepRun
from collective.models.message import MessageQuerySet
from collective.people import access
from collective.people.requests import MemberRequest
from portal.today import sections as today

BACKUP_OLD_AFTER = timedelta(hours=26)


def index_context(request: MemberRequest):
    """What Today shows: nothing for staff whose group does not look after sessions."""
    if not request.user.has_perm("events.change_registration"):
        return {"sections": []}
    calls = list(Call.objects.open().order_by("title")[:30])
    call = next((row for row in calls if row.slug == request.GET.get("call")), None)
    found = today.sections(call)
    return {
        "sections": [section for section in found if section.lines],
        "nothing": [section.title for section in found if not section.lines],
        "calls": calls,
        "call": call,
        "title": f"Today: {call}" if call else "Today",
    }


@require_POST
def take(request: MemberRequest) -> HttpResponseRedirect:
    """ "I do this" on a line of Today, and back."""
    if not request.user.has_perm("events.change_registration"):
        raise PermissionDenied
    key = request.POST.get("line", "")
    if request.POST.get("how") == "back":
        taken.put_back(key)
    elif key:
        try:
            taken.take(key, request.user, instead_of=request.POST.get("instead_of"))
        except RuleError as error:
            messages.error(request, str(error))
    return redirect(access.next_path(request) or reverse("admin:index"))


def status(request: MemberRequest, admin_site) -> HttpResponse:
    """Whether everything runs: sweeps, messages, versions, migrations, backups."""
    if not request.user.has_perm("collective.view_sweeprun"):
        raise PermissionDenied
    if request.method == "POST":
        if not request.user.has_perm("collective.change_message"):
            raise PermissionDenied
        messages.success(
            request, f"{mail.try_again(_may_try_again())} failed messages are tried again."
        )
        return redirect("admin:status")
    newest = Backup.objects.filter(restored_at=None).first()
    context = {
        "title": "System status",
        "sweeps": _sweeps(),
        "states": _states(),
        "versions": _versions(),
        "try_again": _may_try_again().count(),
        "held": Message.objects.failed().filter(error__startswith=restoring.HELD).count(),
        "unapplied": _unapplied(),
        "backup": newest,
        "backup_is_old": newest is None or newest.taken_at < clock.now() - BACKUP_OLD_AFTER,
        "restored": Backup.objects.exclude(restored_at=None).order_by("-restored_at").first(),
    }
    return TemplateResponse(
        request, "admin/status.html", {**admin_site.each_context(request), **context}
    )


def _may_try_again() -> MessageQuerySet:
    """Failed mail but what was held after a restore: that may have gone out, so somebody decides
    one by one.
    """
    return Message.objects.failed().exclude(error__startswith=restoring.HELD)


def _sweeps():
    """[(name, when it last finished well, is it late, the newest error)]."""
    done = dict(
        SweepRun.objects.filter(error="", finished_at__isnull=False)
        .values_list("name")
        .annotate(Max("finished_at"))
    )
    failing = {}
    for row in SweepRun.objects.exclude(error="").order_by("started_at")[:200]:
        if row.name not in done or row.started_at > done[row.name]:
            failing[row.name] = row.error
    late = set(sweeps.late())
    return [(name, done.get(name), name in late, failing.get(name, "")) for name in sweeps.names()]


def _states():
    """[(channel, state, how many, the oldest that waits)]."""
    rows = Message.objects.order_by().values("channel", "state").annotate(number=Count("pk"))
    channels, states = dict(Message.Channel.choices), dict(Message.State.choices)
    return sorted(
        (
            channels[row["channel"]],
            states[row["state"]],
            row["number"],
            row["state"] == Message.State.FAILED,
        )
        for row in rows
    )


def _versions():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0]
    return [
        ("Collective", collective.__version__),
        ("Django", django.get_version()),
        ("Python", platform.python_version()),
        ("PostgreSQL", postgres),
    ]


def _unapplied() -> list[str]:
    """Names of migrations that this version brings and the database has not seen."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
