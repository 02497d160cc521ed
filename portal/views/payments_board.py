"""Finance's board: from attendance to money that has arrived. It may see every app."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q
from django.template.response import TemplateResponse

from collective import clock
from collective.models import Call
from collective.people.requests import MemberRequest
from events.models import Session
from events.models.registration_states import State
from events.models.session import SessionQuerySet
from payments import board
from payments.models import PaymentRules
from payments.sending import gateway, stops
from portal.budget import budget
from portal.today.calls import one_of

MOST_CALLS = 30


def payments_board(request: MemberRequest, admin_site: AdminSite) -> TemplateResponse:
    """Every payment of all calls or of one, in columns."""
    if not request.user.has_perm("payments.view_payment"):
        raise PermissionDenied
    newest_first = F("finished_at").desc(nulls_first=True)
    calls = list(Call.objects.order_by(newest_first, "title", "pk")[:MOST_CALLS])
    call = one_of(calls, request.GET.get("call"))
    context = {
        "title": f"Payments: {call}" if call else "Payments",
        "calls": calls,
        "call": call,
        **_payments_of(call),
    }
    frame = admin_site.each_context(request)
    return TemplateResponse(request, "admin/payments/board.html", {**frame, **context})


def _payments_of(call: Call | None) -> dict[str, Any]:
    """What the board shows of one call, or of all."""
    rules = PaymentRules.current()
    return {
        "columns": board.columns(call),
        "warnings": board.warnings(),
        "rules": rules,
        "stopped": stops.stopped_because(rules),
        "budget": budget(call) if call else None,
        "unmarked": _unmarked(call),
        "stripe_is_on": gateway.is_on(),
        "is_fake": gateway.is_fake(),
    }


def _unmarked(call: Call | None) -> SessionQuerySet:
    """Sessions that have begun and whose people are not all marked: nothing is due before."""
    rows = Session.objects.filter(starts_at__lte=clock.now()).exclude(state=Session.State.CANCELLED)
    rows = rows.filter(call=call) if call else rows
    number = Count("registrations", filter=Q(registrations__state=State.CONFIRMED))
    return rows.annotate(number=number).filter(number__gt=0).order_by("starts_at")[:20]
