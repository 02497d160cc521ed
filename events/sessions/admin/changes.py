"""Pages that change a session for everybody on it: its places, moving and cancelling it.

Each says before what it does.
"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from collective.admin.acts import ActAdmin
from collective.clock import LONDON
from collective.errors import RuleError
from collective.people.requests import MemberRequest
from events.models import Session
from events.sessions import moving, places, rehearsing
from events.sessions.admin.forms import MoveForm, PlacesForm
from events.staff_forms import CancelForm


def change_places(admin: ActAdmin, request: MemberRequest, session: Session) -> HttpResponse:
    """Raise or lower the places."""
    form = PlacesForm(request.POST or None, initial={"places": session.places})
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["places"]
        held = places.set_places(session, number)
        over = f" {held} are taken or offered; nobody loses one." if held > number else ""
        admin.log_change(request, session, f"Places: {number}")
        messages.success(request, f"Saved. Places: {number}.{over}")
        return redirect("admin:events_session_board", session.pk)
    return admin.page(
        request,
        "admin/events/session/places.html",
        "Raise or lower places",
        session=session,
        form=form,
        original=session,
    )


def move(admin: ActAdmin, request: MemberRequest, session: Session) -> HttpResponse:
    """A new time: first who would be told what, then "Move it"."""
    if not session.length:
        messages.info(request, "This session has no date yet. Set it here.")
        return redirect("admin:events_session_change", session.pk)
    now = {
        "starts_at": session.start.astimezone(LONDON),
        "ends_at": session.end.astimezone(LONDON),
    }
    form = MoveForm(request.POST or None, initial=now)
    rehearsal = None
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("how") == "do":
                return _moved(admin, request, session, form)
            moving.check_times(session, **form.times)
            rehearsal = rehearsing.rehearse_move(session, **form.times)
        except RuleError as error:
            form.add_error(None, str(error))
    return admin.page(
        request,
        "admin/events/session/move.html",
        "Move this session",
        session=session,
        form=form,
        rehearsal=rehearsal,
        original=session,
    )


def _moved(
    admin: ActAdmin, request: MemberRequest, session: Session, form: MoveForm
) -> HttpResponse:
    moving.move(session, **form.times, note=form.cleaned_data["note"])
    admin.log_change(request, session, "Moved the session")
    messages.success(request, "The session is moved. Everybody on it is told.")
    return redirect("admin:events_session_board", session.pk)


def cancel(admin: ActAdmin, request: MemberRequest, session: Session) -> HttpResponse:
    """Cancel it for good, with a reason that people read."""
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            moving.cancel(session, form.cleaned_data["reason"], request.user)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            admin.log_change(request, session, "Cancelled the session")
            messages.success(request, "The session is cancelled. Everybody on it is told.")
            return redirect("admin:events_session_board", session.pk)
    return admin.page(
        request,
        "admin/events/session/cancel.html",
        "Cancel this session",
        session=session,
        form=form,
        rehearsal=rehearsing.rehearse_cancelling(session),
        original=session,
    )
