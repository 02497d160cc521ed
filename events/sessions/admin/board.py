"""The session board: everybody with a place, an offer or a spot on the list; lists to print.

The people who gave up stand there too.
"""

import csv
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, Value
from django.http import HttpResponse

from collective import clock
from collective.admin.acts import ActAdmin
from collective.models import Message
from collective.people.requests import MemberRequest
from collective.safety.csv_cells import safe_row
from events.models import AccessNeed, Registration, Session
from events.models.registration_states import HOLDING, LIVE, RegistrationQuerySet, State
from events.sessions import access_needs
from events.sessions.admin.registrations import order_on_list

A_PAGE = 50


@dataclass(frozen=True)
class Tab:
    """Some registrations of a session, under a label."""

    label: str
    rows: Q
    is_always_there: bool = True


UNSURE = Q(state__in=LIVE, capacity=Registration.Capacity.NOT_SURE)
TABS = {
    "place": Tab("Has a place", Q(state__in=[State.CONFIRMED, State.ATTENDED, State.MISSED])),
    "offered": Tab("Offered", Q(state=State.OFFERED)),
    "waiting": Tab("Waiting", Q(state=State.WAITING)),
    "gone": Tab("Given up", Q(state=State.CANCELLED)),
    "not_sure": Tab("Not sure in which capacity", UNSURE, is_always_there=False),
}


def board(admin: ActAdmin, request: MemberRequest, session: Session) -> HttpResponse:
    """How the session stands, and everything that staff do with it."""
    show = _tab_of(request)
    numbers = _numbers(session)
    companions = _companions(session)
    sees_needs = request.user.has_perm("events.view_access_needs")
    return admin.page(
        request,
        "admin/events/session/board.html",
        str(session),
        session=session,
        original=session,
        show=show,
        page=_page(request, session, show, numbers[show]),
        tabs=_tabs(numbers, show),
        heads=numbers["place"] + companions,
        companions=companions,
        sees_needs=sees_needs,
        needs=access_needs.summary(session) if sees_needs else [],
        acts=admin.open_acts(request, session),
    )


def _tab_of(request: MemberRequest) -> str:
    asked = request.GET.get("show", "")
    return asked if asked in TABS else "place"


def _numbers(session: Session) -> dict[str, int]:
    """How many registrations each tab has."""
    counts = {name: Count("pk", filter=tab.rows) for name, tab in TABS.items()}
    return session.registrations.aggregate(**counts)


def _tabs(numbers: dict[str, int], show: str) -> list[tuple[str, str, int]]:
    """(name, label, how many): all that are always there, and others that have rows."""
    return [
        (name, tab.label, numbers[name])
        for name, tab in TABS.items()
        if tab.is_always_there or numbers[name] or name == show
    ]


def _page(request: MemberRequest, session: Session, show: str, number: int) -> Page[Any]:
    pages = Paginator(_rows(session, show), A_PAGE)
    pages.count = number  # counted already
    page: Page[Any] = pages.get_page(request.GET.get("page"))
    if show == "waiting":
        for place, row in enumerate(page, page.start_index()):
            row.place_in_order = place
    return page


def _rows(session: Session, show: str) -> RegistrationQuerySet:
    failed = Message.objects.failed().filter(person=OuterRef("person"))
    order = ["list_number"] if show in {"waiting", "offered"} else ["person__name", "pk"]
    not_done = Count("needs", filter=Q(needs__state__in=access_needs.NOT_DONE))
    rows = session.registrations.filter(TABS[show].rows).select_related("person")
    return rows.annotate(open_needs=not_done, mail_failed=Exists(failed)).order_by(*order)


def _companions(session: Session) -> int:
    """How many people with a place bring somebody.

    The companion is encrypted, so each such row is read.
    """
    coming = session.registrations.filter(state__in=[State.CONFIRMED, State.ATTENDED])
    rows = coming.filter(companion__isnull=False).only("session", "state", "companion")
    return sum(row.brings for row in rows)


def needs(admin: ActAdmin, request: MemberRequest, session: Session) -> HttpResponse:
    """What helps people take part, with names: for staff who may see it, each look on record."""
    if not request.user.has_perm("events.view_access_needs"):
        raise PermissionDenied
    to_see = Q(registration__state__in=HOLDING) | Q(state=AccessNeed.State.WITHDRAWN)
    rows = AccessNeed.objects.filter(to_see, registration__session=session)
    rows = rows.select_related("registration__person")
    in_order = rows.order_by("needed_by", "registration__person__name", "pk")
    page = Paginator(in_order, A_PAGE).get_page(request.GET.get("page"))
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


def door_sheet(admin: ActAdmin, request: MemberRequest, session: Session) -> HttpResponse:
    """To print: a box to tick beside each name."""
    return _print(admin, request, session, "Door sheet", "door")


def print_list(admin: ActAdmin, request: MemberRequest, session: Session) -> HttpResponse:
    """To print: everybody on it, in which state and in which capacity."""
    return _print(admin, request, session, "List", "list")


def _print(
    admin: ActAdmin, request: MemberRequest, session: Session, title: str, kind: str
) -> HttpResponse:
    rows = _people(session)
    return admin.page(
        request,
        "admin/events/session/print.html",
        title,
        session=session,
        original=session,
        rows=rows,
        kind=kind,
        heads=sum(1 + row.brings for row in rows if row.is_coming),
    )


def _people(session: Session) -> list[Registration]:
    """Everybody who holds a place or is offered one, then everybody who waits."""
    rows = session.registrations.live().select_related("person")
    held = rows.filter(state__in=HOLDING).annotate(last=Value(0)).order_by("person__name", "pk")
    waits = rows.filter(state=State.WAITING).annotate(last=Value(1)).order_by("list_number")
    return [*held, *waits]


EXPORTED = ["Name", "Email", "Told by", "State", "Order", "Capacity", "Fee in pence", "Signed up"]


def export(admin: ActAdmin, request: MemberRequest, session: Session) -> HttpResponse:
    """A CSV file for a spreadsheet, with nothing that was told in confidence.

    It holds no phone number, and no address of a house.
    """
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(EXPORTED)
    for row in _people(session):
        writer.writerow(safe_row(_cells(row)))
    admin.log_change(request, session, "Exported the list")
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{session.slug}.csv"'
    return response


def _cells(row: Registration) -> list[str | int]:
    return [
        str(row.person),
        row.person.mail_address,
        row.person.get_reach_by_display(),
        row.get_state_display(),
        order_on_list(row),
        row.get_capacity_display(),
        row.fee_pence or "",
        f"{row.created_at:%Y-%m-%d}",
    ]
