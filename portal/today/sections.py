"""Staff's Today: what must be rung, arranged, marked, told, approved, paid.

It may see every app; each line leads to the act. Each group of staff reads what it works with.
Every section is one query with a limit, so the page asks the same number of queries with ten people
and with thousands.
"""

from dataclasses import replace

from collective.models import Call, Person, Taken
from portal.today import conversations, housekeeping, messages, payments, running, sessions
from portal.today.lines import Section

OF_SESSIONS = "events.change_registration"
OF_PAYMENTS = "payments.view_payment"
OF_LINES = "collective.change_supportline"
# How the keys of lines begin that are for others than people who look after sessions.
KEYS = {"pay": OF_PAYMENTS, "batch": OF_PAYMENTS, "money": OF_PAYMENTS, "lines": OF_LINES}


def sections(reader: Person, call: Call | None = None) -> list[Section]:
    """Every section that this reader works with, for all calls or for one.

    What somebody has taken is marked. Empty for staff of none of the groups.
    """
    found: list[Section] = []
    if reader.has_perm(OF_SESSIONS):
        found += _of_sessions(call)
    if reader.has_perm(OF_PAYMENTS):
        found += payments.sections(call, reader)
    if reader.has_perm(OF_LINES) and call is None:
        found.append(housekeeping.support_lines())
    _mark_taken(found)
    return sorted(found, key=lambda section: section.name == "coming")  # what comes stands last


def is_for(reader: Person, key: str) -> bool:
    """Is a line with this key one that the reader works with?"""
    return reader.has_perm(KEYS.get(key.partition(":")[0], OF_SESSIONS))


def _of_sessions(call: Call | None) -> list[Section]:
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
        coming,
    ]
    if call is None:
        found = [running.problems(), *found, housekeeping.requests()]
    return found


def _mark_taken(found: list[Section]) -> None:
    keys = {line.key for section in found for line in section.lines if line.key}
    taken = {row.line: row for row in Taken.objects.filter(line__in=keys).select_related("person")}
    for section in found:
        section.lines = [replace(line, taken=taken.get(line.key)) for line in section.lines]
