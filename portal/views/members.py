from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collective.models import Person
from collective.people.access import name_needed
from collective.safety.link_keys import key_for
from events.models import Conversation, Registration, Slot
from payments.models import Payment
from payments.models.payment import PaymentQuerySet
from payments.models.payment_states import ON_THE_WAY
from policy_drafts.models import PolicyRole

if TYPE_CHECKING:
    from collective.people.requests import MemberRequest

MOST_ROWS = 50


@login_required
@name_needed
@require_safe
def me(request: "MemberRequest") -> HttpResponse:
    """What comes next first; then what was booked, is waited for or offered; what I follow; my
    settings.
    """
    mine = Registration.objects.visible_to(request.user).select_related("session__call")
    rows = list(
        mine.prefetch_related("session__reminders").order_by("-session__starts_at", "-created_at")[
            :MOST_ROWS
        ]
    )
    live = [
        row
        for row in rows
        if row.state != Registration.State.CANCELLED and not row.session.has_ended
    ]
    coming = [
        row
        for row in live
        if row.state == Registration.State.CONFIRMED and row.session.shown_state != "cancelled"
    ]
    talks = list(
        Conversation.objects.visible_to(request.user).select_related("series", "slot", "person")[
            :MOST_ROWS
        ]
    )
    kept = Slot.objects.kept_for(request.user).select_related("series").order_by("starts_at")
    follows = request.user.follows.select_related("activity", "call")[:MOST_ROWS]
    for row in follows:
        row.key = key_for("follow", row.pk)
    return render(
        request,
        "portal/me.html",
        {
            "next": min(coming, key=_when, default=None),
            "offers": [
                row for row in live if row.offer_is_open and row.session.shown_state != "cancelled"
            ],
            "live": sorted(live, key=_when),
            "past": [row for row in rows if row not in live],
            "next_talk": min(
                (row for row in talks if row.is_on),
                key=lambda row: row.slot.starts_at,
                default=None,
            ),
            "talks": sorted(
                (row for row in talks if row.is_on), key=lambda row: row.slot.starts_at
            ),
            "past_talks": [row for row in talks if not row.is_on],
            "kept_times": kept[:5],
            "hosting": request.user.hosted_series.all()[:5],
            "follows": follows,
            "draft_follows": request.user.draft_follows.select_related("policy")[:MOST_ROWS],
            "policy_roles": PolicyRole.objects.held_by(request.user).select_related("policy")[
                :MOST_ROWS
            ],
            "invitations": PolicyRole.objects.inviting(request.user).select_related("policy")[:5],
            "payments_to_see": _open_payments(request.user),
        },
    )


def _open_payments(person: Person) -> PaymentQuerySet:
    """Those with something to do, or on the way."""
    mine = Payment.objects.visible_to(person).filter(state__in=[Payment.State.DUE, *ON_THE_WAY])
    return mine.select_related("activity__call")[:5]


def _when(registration: Registration) -> datetime:
    """For sorting: a session whose date was taken away stands last."""
    return registration.session.starts_at or datetime.max.replace(tzinfo=UTC)
