"""What we hold about a person: what each app tells, side by side, and what our team did with it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from collective.models import Person
from collective.people import my_data as people
from collective.people.my_data import MOST, LoggedRow
from events.conversations import my_data as conversations
from events.sessions import my_data as sessions
from events.sessions.history import said_to_them
from payments import my_data as payments
from policy_drafts import my_data as policies

PARTS = [people, sessions, conversations, payments, policies]
NOTHING = ["", "[]"]  # what Django noted of a form that changed nothing
LOOKS = "^(Looked at|Exported)"  # of a row that many people share: what was about each of them


def my_data(person: Person) -> dict[str, Any]:
    """Everything, for the person to read: plain words, no counters, nothing of anybody else."""
    held: dict[str, Any] = {}
    for part in PARTS:
        held |= part.my_data(person)
    held["what our team did"] = _what_our_team_did(person)
    cut = [name for name, value in held.items() if isinstance(value, list) and len(value) >= MOST]
    return {**held, "ask us for more of": cut} if cut else held


def for_a_file(value: Any) -> Any:
    """The same, with moments and days as text, as JSON has none."""
    if isinstance(value, dict):
        return {name: for_a_file(part) for name, part in value.items()}
    if isinstance(value, list):
        return [for_a_file(part) for part in value]
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value


def _what_our_team_did(person: Person) -> list[dict[str, Any]]:
    """Staff's acts on the person's rows, and who looked at them: the newest first."""
    rows = [row for part in PARTS for row in part.logged_rows(person)]
    since = {str(row.key): row.since for row in rows if row.since}
    of_others = _log_of(rows).exclude(user=person).exclude(change_message__in=NOTHING)
    entries = of_others.select_related("user").order_by("-action_time")
    return [
        _act(entry)
        for entry in entries[: 2 * MOST]
        if entry.object_id not in since or entry.action_time >= since[entry.object_id]
    ][:MOST]


def _act(entry: LogEntry) -> dict[str, Any]:
    words = said_to_them(entry.get_change_message())
    return {"when": entry.action_time, "who": entry.user.name, "what": words}


def _log_of(rows: Iterable[LoggedRow]) -> QuerySet[LogEntry]:
    """The admin's log of these rows; of one that many people share only the looks."""
    keys = defaultdict(list)
    for row in rows:
        keys[row.model, row.since is not None].append(str(row.key))
    kinds = ContentType.objects.get_for_models(*(model for model, _ in keys))
    wanted = Q()
    for (model, is_shared), found in keys.items():
        of_model = Q(content_type=kinds[model], object_id__in=found)
        wanted |= of_model & Q(change_message__regex=LOOKS) if is_shared else of_model
    return LogEntry.objects.filter(wanted)
