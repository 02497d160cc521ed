"""Finance's board: from attendance to money that has arrived. It may see every app."""

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.template.response import TemplateResponse

from collective import clock
from collective.models import Activity, Call
from collective.people.requests import MemberRequest
from events.models import Conversation, Registration, Session
from events.models.registration_states import State
from events.models.session import SessionQuerySet
from payments import board
from payments.models import Payment, PaymentRules
from payments.models.payment_states import ENDED
from payments.sending import gateway, payouts

MOST_CALLS = 30


def payments_board(request: MemberRequest, admin_site) -> TemplateResponse:
    """Every payment of all calls or of one, in columns."""
    if not request.user.has_perm("payments.view_payment"):
        raise PermissionDenied
    calls = list(Call.objects.order_by("finished_at", "title")[:MOST_CALLS])
    call = next((row for row in calls if row.slug == request.GET.get("call")), None)
    rules = PaymentRules.current()
    context = {
        "title": f"Payments: {call}" if call else "Payments",
        "calls": calls,
        "call": call,
        "columns": board.columns(call),
        "warnings": board.warnings(),
        "rules": rules,
        "stopped": payouts.stopped_because(rules),
        "budget": budget(call) if call else None,
        "unmarked": _unmarked(call),
        "stripe_is_on": gateway.is_on(),
        "is_fake": gateway.is_fake(),
    }
    return TemplateResponse(
        request, "admin/payments/board.html", {**admin_site.each_context(request), **context}
    )


def budget(call: Call):
    """What a call has promised, owes, has paid, and has left, in pence; "left" is None without a
    budget.

    Promised is what confirmed places and booked conversations earn if everybody comes; whoever
    takes part in a paid role earns nothing.
    """
    places = Registration.objects.filter(session__call=call, state=State.CONFIRMED, payment=None)
    places = places.exclude(capacity="paid_role").exclude(session__state=Session.State.CANCELLED)
    promised = places.aggregate(sum=Sum("fee_pence"))["sum"] or 0
    talks = conversations_of(call)
    promised += talks["to_come"]
    due, paid = board.sums(call)
    left = None if call.budget_pence is None else call.budget_pence - promised - due - paid
    return {
        "promised": promised,
        "due": due,
        "paid": paid,
        "left": left,
        "budget": call.budget_pence,
        "talks": talks,
    }


def conversations_of(call: Call):
    """What the conversations of a call have earned and what is to come, in pence, with their
    numbers.

    To come is what booked ones earn if all are held; where the small fee is only for who has no
    paid session, without those who have one.
    """
    earned = Payment.objects.of_call(call).filter(
        activity__kind=Activity.Kind.CONVERSATION, fee_pence__isnull=False
    )
    earned = earned.exclude(state__in=ENDED).aggregate(number=Count("pk"), sum=Sum("fee_pence"))
    booked = Conversation.objects.filter(
        series__call=call, state=Conversation.State.BOOKED, payment=None
    )
    booked = booked.exclude(capacity="paid_role")
    if call.pay_rule == Call.PayRule.SMALL_FEE_ONLY:
        places = Registration.objects.filter(
            session__call=call, state__in=[State.CONFIRMED, State.ATTENDED]
        )
        places = places.filter(fee_pence__isnull=False).exclude(capacity="paid_role")
        booked = booked.exclude(Exists(places.filter(person=OuterRef("person"))))
    to_come = booked.aggregate(number=Count("pk"), sum=Sum("fee_pence"))
    return {
        "earned": earned["sum"] or 0,
        "earned_number": earned["number"],
        "to_come": to_come["sum"] or 0,
        "to_come_number": to_come["number"],
    }


def _unmarked(call: Call) -> SessionQuerySet:
    """Sessions that have begun and whose people are not all marked: nothing is due before."""
    rows = Session.objects.filter(starts_at__lte=clock.now()).exclude(state=Session.State.CANCELLED)
    rows = rows.filter(call=call) if call else rows
    number = Count("registrations", filter=Q(registrations__state=State.CONFIRMED))
    return rows.annotate(number=number).filter(number__gt=0).order_by("starts_at")[:20]
