"""The session board: who holds a place, who is offered one, who waits, who gave up; lists to print
and to export.
"""

import csv
from io import StringIO
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, Value
from django.http import HttpResponse

from collective import clock
from collective.models import Message
from collective.safety.csv_cells import safe_row
from events.models import AccessNeed, Registration, Session
from events.models.registration_states import HOLDING, LIVE, State
from events.sessions import access_needs

if TYPE_CHECKING:
    from collective.people.requests import MemberRequest

A_PAGE = 50
TABS = {
    "place": ("Has a place", Q(state__in=[State.CONFIRMED, State.ATTENDED, State.MISSED])),
    "offered": ("Offered", Q(state=State.OFFERED)),
    "waiting": ("Waiting", Q(state=State.WAITING)),
    "gone": ("Given up", Q(state=State.CANCELLED)),
    "not_sure": (
        "Not sure in which capacity",
        Q(state__in=LIVE, capacity=Registration.Capacity.NOT_SURE),
    ),
}


def board(admin, request: "MemberRequest", session: Session):
    """How the session stands, and everything that staff do with it."""
    show = request.GET.get("show") if request.GET.get("show") in TABS else "place"
    numbers = session.registrations.aggregate(
        **{name: Count("pk", filter=row[1]) for name, row in TABS.items()}
    )
    sees_needs = request.user.has_perm("events.view_access_needs")
    pages = Paginator(_rows(session, show), A_PAGE)
    pages.count = numbers[show]  # counted already
    page = pages.get_page(request.GET.get("page"))
    with_companion = _companions(session)
    for row in page:
        row.brings = row.pk in with_companion
    if show == "waiting":
        for place, row in enumerate(page, page.start_index()):
            row.place_in_order = place
    return admin.page(
        request,
        "admin/events/session/board.html",
        str(session),
        session=session,
        original=session,
        show=show,
        page=page,
        tabs=[
            (name, row[0], numbers[name])
            for name, row in TABS.items()
            if numbers[name] or name in show or name != "not_sure"
        ],
        heads=numbers["place"] + len(with_companion),
        companions=len(with_companion),
        sees_needs=sees_needs,
        needs=access_needs.summary(session) if sees_needs else [],
        acts=admin.open_acts(request, session),
    )


def _rows(session: Session, show: str):
    failed = Message.objects.failed().filter(person=OuterRef("person"))
    order = ["list_number"] if show in {"waiting", "offered"} else ["person__name", "pk"]
    open_needs = Count(
        "needs", filter=Q(needs__state__in=[AccessNeed.State.ASKED, AccessNeed.State.ARRANGING])
    )
    rows = session.registrations.filter(TABS[show][1]).select_related("person")
    return rows.annotate(open_needs=open_needs, mail_failed=Exists(failed)).order_by(*order)


def _companions(session: Session):
    """Keys of those with a place who bring somebody.

    Who comes along is encrypted, so each such row is read.
    """
    rows = session.registrations.filter(
        state__in=[State.CONFIRMED, State.ATTENDED], companion__isnull=False
    )
    return {
        pk
        for pk, companion in rows.values_list("pk", "companion")
        if companion.get("kind") == "brings"
    }


def needs(admin, request: "MemberRequest", session: Session):
    """What helps people take part, with names: for who may see it, and each look is on record."""
    from django.core.exceptions import PermissionDenied

    if not request.user.has_perm("events.view_access_needs"):
        raise PermissionDenied
    rows = AccessNeed.objects.filter(registration__session=session).filter(
        Q(registration__state__in=HOLDING) | Q(state=AccessNeed.State.WITHDRAWN)
    )
    rows = rows.select_related("registration__person").order_by(
        "needed_by", "registration__person__name", "pk"
    )
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    if page.object_list:
        admin.log_change(request, session, "Looked at what helps people take part")
    return admin.page(
        request,
        "admin/events/session/needs.html",
        "What helps people take part",
        session=session,
        original=session,
        page=page,
        needs=access_needs.summary(session),
        today=clock.now().date(),
    )


def door_sheet(admin, request: "MemberRequest", session: Session):
    """To print: a box to tick beside each name."""
    return _print(admin, request, session, "Door sheet", "door")


def print_list(admin, request: "MemberRequest", session: Session):
    """To print: who is on it, how they stand and in which capacity."""
    return _print(admin, request, session, "List", "list")


def _print(admin, request: "MemberRequest", session: Session, title: str, kind: str):
    rows = list(_people(session))
    with_companion = _companions(session)
    for row in rows:
        row.brings = row.pk in with_companion
    return admin.page(
        request,
        "admin/events/session/print.html",
        title,
        session=session,
        original=session,
        rows=rows,
        kind=kind,
        heads=sum(1 + row.brings for row in rows if row.state in {State.CONFIRMED, State.ATTENDED}),
    )


def _people(session: Session):
    """Everybody with a place, then who is offered one, then who waits; the door only needs the
    first.
    """
    rows = session.registrations.live().select_related("person")
    held = rows.filter(state__in=HOLDING).annotate(last=Value(0)).order_by("person__name", "pk")
    waits = rows.filter(state=State.WAITING).annotate(last=Value(1)).order_by("list_number")
    return [*held, *waits]


def export(admin, request: "MemberRequest", session: Session) -> HttpResponse:
    """A CSV file for a spreadsheet: no phone number, no address of a house, nothing that was told
    in confidence.
    """
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["Name", "Email", "Told by", "State", "Order", "Capacity", "Fee in pence", "Signed up"]
    )
    for row in _people(session):
        writer.writerow(
            safe_row(
                [
                    str(row.person),
                    row.person.mail_address,
                    row.person.get_reach_by_display(),
                    row.get_state_display(),
                    "" if row.list_number is None else f"{row.list_number.normalize():f}",
                    row.get_capacity_display(),
                    row.fee_pence or "",
                    f"{row.created_at:%Y-%m-%d}",
                ]
            )
        )
    admin.log_change(request, session, "Exported the list")
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{session.slug}.csv"'
    return response
