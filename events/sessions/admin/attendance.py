"""The people who took part: everybody with a place on one screen, and people who just came."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect

from collective.admin.acts import ActAdmin
from collective.errors import RuleError
from collective.people.requests import MemberRequest
from events.models import Registration, Session
from events.sessions import attendance as taking_part
from events.sessions.admin.forms import MARKS, AttendanceForm
from payments.owing import offering

A_PAGE = 100
MARKED = [Registration.State.CONFIRMED, Registration.State.ATTENDED, Registration.State.MISSED]


def attendance(admin: ActAdmin, request: MemberRequest, session: Session) -> HttpResponse:
    """Each person with one choice."""
    rows = session.registrations.filter(state__in=MARKED).select_related("person")
    page = Paginator(rows.order_by("person__name", "pk"), A_PAGE).get_page(request.GET.get("page"))
    forms = [AttendanceForm.for_row(row, request.POST) for row in page]
    sent = [form for form in forms if form.is_bound]
    if request.method == "POST" and all(form.is_valid() for form in sent):
        _mark(admin, request, session, [form for form in sent if form.is_changed])
        if request.POST.get("then") == "walk_in":
            return redirect("admin:events_session_walk_in", session.pk)
        return redirect(request.get_full_path())
    return admin.page(
        request,
        "admin/events/session/attendance.html",
        "Attendance",
        session=session,
        forms=forms,
        page=page,
        original=session,
    )


def _mark(
    admin: ActAdmin, request: MemberRequest, session: Session, changed: list[AttendanceForm]
) -> None:
    try:
        with transaction.atomic():
            session.locked()
            offering.lock_people(form.registration.person_id for form in changed)
            for form in changed:
                _mark_one(admin, request, form)
    except RuleError as error:
        messages.error(request, f"Nothing was saved. {error}")
    else:
        messages.success(request, f"Saved. {len(changed)} changed.")


def _mark_one(admin: ActAdmin, request: MemberRequest, form: AttendanceForm) -> None:
    name = form.cleaned_data["mark"]
    state, for_part = MARKS[name]
    taking_part.mark(form.registration, state, came_for_part=for_part, by=request.user)
    admin.log_change(request, form.registration, f"Attendance: {name}")
