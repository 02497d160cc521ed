"""Staff's Today: what must be rung, arranged, marked, told.

It may see every app; each line leads to the act. Every section is one query with a limit, so the
page asks the same number of queries with ten people and with thousands.
"""

from dataclasses import replace

from collective.models import Call, Taken
from portal.today import conversations, housekeeping, messages, running, sessions
from portal.today.lines import Section


def sections(call: Call | None = None) -> list[Section]:
    """Every section with its lines, for all calls or for one; what somebody has taken is marked."""
    *of_sessions, coming = sessions.from_sessions(call)
    found = [
        messages.to_tell(call),
        sessions.offers_running_out(call),
        sessions.to_arrange(call),
        *of_sessions,
        conversations.to_note_or_decide(call),
        conversations.times_asked_for(call),
        messages.failed_mail(call),
        housekeeping.follow_ups(call),
    ]
    if call is None:
        found.insert(0, running.problems())
        found.append(housekeeping.requests_and_lines())
    found.append(coming)
    _mark_taken(found)
    return found


def _mark_taken(found: list[Section]) -> None:
    keys = {line.key for section in found for line in section.lines if line.key}
    taken = {row.line: row for row in Taken.objects.filter(line__in=keys).select_related("person")}
    for section in found:
        section.lines = [replace(line, taken=taken.get(line.key)) for line in section.lines]
