"""What we hold about a person, assembled from every app."""

from events.models import Registration
from events.models.access_need import words_of


def my_data(person):
    """A dictionary for the person to read or download: plain words, no counters, nothing of anybody else."""
    mine = Registration.objects.visible_to(person).select_related("session").order_by("created_at")
    return {
        "name": person.name,
        "email": person.email,
        "known since": person.created_at.isoformat(timespec="minutes"),
        "reminders by email": person.wants_reminders,
        "news by email": person.wants_news,
        "sessions": [_session_data(row) for row in mine],
        "follows": [str(row.target) for row in person.follows.select_related("activity", "call")],
        "messages": [
            {
                "kind": row.kind,
                "state": row.state,
                "sent": row.sent_at and row.sent_at.isoformat(timespec="minutes"),
            }
            for row in person.messages.order_by("created_at")[:500]
        ],
    }


def _session_data(row):
    companion = row.companion or {}
    return {
        "session": row.session.title,
        "starts": row.session.starts_at and row.session.starts_at.isoformat(timespec="minutes"),
        "signed up": row.created_at.isoformat(timespec="minutes"),
        "state": row.get_state_display(),
        "takes part": row.get_capacity_display(),
        "fee in pence": row.fee_pence,
        "access needs": words_of(row.access_needs),
        "access notes": (row.access_needs or {}).get("notes", ""),
        "comes along": {key: companion[key] for key in ("name", "email") if companion.get(key)},
    }
