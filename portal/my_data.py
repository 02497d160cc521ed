"""What we hold about a person, assembled from every app."""

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from collective.models import Person
from collective.people import phones
from events.models import AccessNeed, Conversation, Registration, TimeRequest
from events.models.access_need import words_of
from events.sessions.history import said_to_them
from payments.models import Payment
from payments.models.payment import PaymentQuerySet


def my_data(person: Person):
    """A dictionary for the person to read or download: plain words, no counters, nothing of anybody
    else.
    """
    mine = (
        Registration.objects.visible_to(person)
        .select_related("session")
        .prefetch_related("needs")
        .order_by("created_at")
    )
    talks = (
        Conversation.objects.visible_to(person)
        .select_related("series", "slot")
        .order_by("created_at")
    )
    wishes = list(person.time_requests.all())
    return {
        "name": person.name,
        "email": person.email,
        "shared email": person.contact_email,
        "phone": person.phone_as_written,
        "postal address": person.postal_address or "",
        "time zone": person.time_zone,
        "told by": person.get_reach_by_display(),
        "known since": person.created_at.isoformat(timespec="minutes"),
        "reminders by email": person.wants_reminders,
        "news by email": person.wants_news,
        "sessions": [_session_data(row) for row in mine],
        "conversations": [_conversation_data(row) for row in talks],
        "other times asked for": [row.wish for row in wishes],
        "payments": [_payment_data(row) for row in mine_paid(person)],
        "follows": [str(row.target) for row in person.follows.select_related("activity", "call")],
        "policies": [
            {
                "policy": row.policy.title,
                "as": row.get_kind_display(),
                "state": row.get_state_display(),
            }
            for row in person.policy_roles.select_related("policy")
        ],
        "follows drafts of": [
            row.policy.title for row in person.draft_follows.select_related("policy")
        ],
        "what our team did": [
            {
                "when": row.action_time.isoformat(timespec="minutes"),
                "who": row.user.name,
                "what": said_to_them(row.get_change_message()),
            }
            for row in _staff_acts(person, [row.pk for row in (*mine, *talks, *wishes)])
        ],
        "messages": [
            {
                "kind": row.kind,
                "state": row.state,
                "sent": row.sent_at and row.sent_at.isoformat(timespec="minutes"),
            }
            for row in person.messages.order_by("created_at")[:500]
        ],
    }


def mine_paid(person: Person) -> PaymentQuerySet:
    """Every payment of theirs, with what it is for and its expenses."""
    rows = Payment.objects.visible_to(person).select_related("activity")
    return rows.prefetch_related("expenses", "events").order_by("created_at")


def _payment_data(row: Payment):
    return {
        "reference": row.reference,
        "for": row.activity.neutral_name,
        "day": row.happened_on.isoformat(),
        "state": row.get_state_display(),
        "offered in pence": row.fee_pence,
        "chosen": row.get_choice_display(),
        "taken in pence": row.taken_pence,
        "expenses": [
            {"what": str(cost), "pence": cost.amount_pence, "state": cost.state}
            for cost in row.expenses.all()
        ],
        "sent": row.sent_at and row.sent_at.isoformat(timespec="minutes"),
        "history": [
            {"when": event.at.isoformat(timespec="minutes"), "what": event.get_what_display()}
            for event in row.events.all()
        ],
    }


def _session_data(row: Registration):
    companion = row.companion or {}
    return {
        "session": row.session.title,
        "starts": row.session.starts_at and row.session.starts_at.isoformat(timespec="minutes"),
        "signed up": row.created_at.isoformat(timespec="minutes"),
        "state": row.get_state_display(),
        "takes part": row.get_capacity_display(),
        "fee in pence": row.fee_pence,
        "access needs": words_of(row.access_needs),
        "arranged": [_need_data(need) for need in row.needs.all()],
        "access notes": (row.access_needs or {}).get("notes", ""),
        "comes along": {key: companion[key] for key in ("name", "email") if companion.get(key)},
    }


def _conversation_data(row: Conversation):
    return {
        "with": row.series.title,
        "starts": row.slot.starts_at.isoformat(timespec="minutes"),
        "booked": row.created_at.isoformat(timespec="minutes"),
        "state": row.get_state_display(),
        "reason": row.ended_reason,
        "how": row.get_how_display(),
        "number": phones.written(row.phone),
        "topics": row.topics or "",
        "makes it easier": row.access_words,
        "takes part": row.get_capacity_display(),
        "fee in pence": row.fee_pence,
        "the host has a private note": row.note is not None,
    }


def _need_data(need: AccessNeed):
    return {"what": need.words, "state": need.told_state, "told": need.reason}


def _staff_acts(person: Person, registrations) -> QuerySet[LogEntry]:
    """What staff did with this person's record and registrations (the admin's log), newest
    first.
    """
    keys = [str(key) for key in (person.pk, *registrations)]
    kinds = ContentType.objects.get_for_models(
        Person, Registration, Conversation, TimeRequest
    ).values()
    found = LogEntry.objects.filter(content_type__in=kinds, object_id__in=keys).exclude(user=person)
    return found.select_related("user").order_by("-action_time")[:200]
