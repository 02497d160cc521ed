from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collective.models import Activity, Person
from collective.people.access import name_needed
from collective.people.requests import MemberRequest
from events.models import Conversation, Registration, Slot
from payments.models import Payment
from payments.models.payment import PaymentQuerySet
from payments.models.payment_states import ON_THE_WAY
from policy_drafts.models import PolicyRole
from portal import my_follows

MOST_ROWS = 50
SOME = 5  # of what is rarely more than one
NEVER = datetime.max.replace(tzinfo=UTC)


@login_required
@name_needed
@require_safe
def me(request: MemberRequest) -> HttpResponse:
    """What comes next first; then what was booked, is waited for or offered; what I follow."""
    person = request.user
    context = {
        **_sessions_of(person),
        **_conversations_of(person),
        **_policies_of(person),
        **my_follows.of(person),
        "payments_to_see": _open_payments(person),
    }
    return render(request, "portal/me.html", context)


def _sessions_of(person: Person) -> dict[str, object]:
    """Their bookings: the next one, offers, what is to come and what is over."""
    rows = _newest_registrations(person)
    live = [row for row in rows if _is_live(row)]
    taking_place = [row for row in live if row.session.shown_state != Activity.State.CANCELLED]
    staying = [row for row in taking_place if not row.is_leaving]
    coming = [row for row in staying if row.state == Registration.State.CONFIRMED]
    return {
        "next": min(coming, key=_when, default=None),
        "offers": [row for row in staying if row.offer_is_open],
        "live": sorted(live, key=_when),
        "past": [row for row in rows if not _is_live(row)],
    }


def _newest_registrations(person: Person) -> list[Registration]:
    rows = Registration.objects.visible_to(person).select_related("session__call")
    rows = rows.prefetch_related("session__reminders").with_position()
    return list(rows.order_by("-session__starts_at", "-created_at")[:MOST_ROWS])


def _is_live(row: Registration) -> bool:
    return row.state != Registration.State.CANCELLED and not row.session.has_ended


def _when(row: Registration) -> datetime:
    """For sorting: a session whose date was taken away stands last."""
    return row.session.starts_at or NEVER


def _conversations_of(person: Person) -> dict[str, object]:
    """Their conversations, times that are kept for them, and what they host."""
    mine = Conversation.objects.visible_to(person).select_related("series", "slot", "person")
    rows = list(mine[:MOST_ROWS])
    on = sorted((row for row in rows if row.is_on), key=lambda row: row.slot.starts_at)
    kept = Slot.objects.kept_for(person).select_related("series").order_by("starts_at")
    return {
        "next_talk": next((row for row in on if not row.is_leaving), None),
        "talks": on,
        "past_talks": [row for row in rows if not row.is_on],
        "kept_times": kept[:SOME],
        "hosting": person.hosted_series.all()[:SOME],
    }


def _policies_of(person: Person) -> dict[str, object]:
    """Policies that they write or read first, or are invited to."""
    held = PolicyRole.objects.held_by(person).select_related("policy")
    invited = PolicyRole.objects.inviting(person).select_related("policy")
    return {
        "policy_roles": held[:MOST_ROWS],
        "invitations": invited[:SOME],
    }


def _open_payments(person: Person) -> PaymentQuerySet:
    """Those with something to do, or on the way."""
    mine = Payment.objects.visible_to(person).filter(state__in=[Payment.State.DUE, *ON_THE_WAY])
    return mine.select_related("activity__call")[:SOME]
