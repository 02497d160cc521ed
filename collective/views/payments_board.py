"""Finance's board: from attendance to money that has arrived. It may see every app."""

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, Sum
from django.template.response import TemplateResponse

from collective import clock
from collective.models import Call
from events.models import Registration, Session
from events.models.registration_states import State
from payments import board, gateway, payouts
from payments.models import PaymentRules

MOST_CALLS = 30


def payments_board(request, admin_site):
    """Every payment of all calls or of one, in columns."""
    if not request.user.has_perm("payments.view_payment"):
        raise PermissionDenied
    calls = list(Call.objects.order_by("finished_at", "title")[:MOST_CALLS])
    call = next((row for row in calls if row.slug == request.GET.get("call")), None)
    rules = PaymentRules.current()
    context = {
        "title": f"Payments: {call}" if call else "Payments", "calls": calls, "call": call,
        "columns": board.columns(call), "warnings": board.warnings(), "rules": rules,
        "stopped": payouts.stopped_because(rules), "budget": budget(call) if call else None,
        "unmarked": _unmarked(call), "stripe_is_on": gateway.is_on(), "is_fake": gateway.is_fake(),
    }  # fmt: skip
    return TemplateResponse(request, "admin/payments/board.html", {**admin_site.each_context(request), **context})


def budget(call):
    """What a call has promised, owes, has paid, and has left, in pence; "left" is None without a budget.

    Promised is what confirmed places earn if everybody comes; whoever takes part in a paid role earns nothing.
    """
    places = Registration.objects.filter(session__call=call, state=State.CONFIRMED, payment=None)
    places = places.exclude(capacity="paid_role").exclude(session__state=Session.State.CANCELLED)
    promised = places.aggregate(sum=Sum("fee_pence"))["sum"] or 0
    due, paid = board.sums(call)
    left = None if call.budget_pence is None else call.budget_pence - promised - due - paid
    return {"promised": promised, "due": due, "paid": paid, "left": left, "budget": call.budget_pence}


def _unmarked(call):
    """Sessions that have begun and whose people are not all marked: nothing is due before."""
    rows = Session.objects.filter(starts_at__lte=clock.now()).exclude(state=Session.State.CANCELLED)
    rows = rows.filter(call=call) if call else rows
    number = Count("registrations", filter=Q(registrations__state=State.CONFIRMED))
    return rows.annotate(number=number).filter(number__gt=0).order_by("starts_at")[:20]
