"""Pages that change a session for everybody on it: places, moving, cancelling; each says before
what it does.
"""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect

from collective.clock import LONDON
from collective.errors import RuleError
from events.sessions import moving
from events.sessions.admin.forms import CancelForm, MoveForm, PlacesForm

if TYPE_CHECKING:
    from collective.people.requests import MemberRequest
    from events.models import Session


def places(admin, request: "MemberRequest", session: "Session"):
    """Raise or lower the places."""
    form = PlacesForm(request.POST or None, initial={"places": session.places})
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["places"]
        held = session.set_places(number)
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


def move(admin, request: "MemberRequest", session: "Session"):
    """A new time: first who would be told what, then "Move it"."""
    if not session.length:
        messages.info(request, "This session has no date yet. Set it here.")
        return redirect("admin:events_session_change", session.pk)
    initial = {
        "starts_at": session.starts_at.astimezone(LONDON),
        "ends_at": session.ends_at.astimezone(LONDON),
    }
    form = MoveForm(request.POST or None, initial=initial)
    rehearsal = None
    if request.method == "POST" and form.is_valid():
        times = {name: form.cleaned_data[name] for name in ("starts_at", "ends_at")}
        try:
            if request.POST.get("how") == "do":
                moving.move(session, **times, note=form.cleaned_data["note"])
                admin.log_change(request, session, "Moved the session")
                messages.success(request, "The session is moved. Everybody on it is told.")
                return redirect("admin:events_session_board", session.pk)
            moving.check_times(session, **times)
            rehearsal = moving.rehearse(session, **times)
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


def cancel(admin, request: "MemberRequest", session: "Session"):
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
        rehearsal=moving.rehearse(session),
        original=session,
    )
