"""A join that takes private things along: one colleague asks, another one looks and says yes."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from collective import clock
from collective.errors import RuleError
from collective.models import JoinRequest, Person, RecordJoin
from collective.people import record_joins

CHANGED = "Something has changed since {} asked. Read it once more, then ask them to look again."


@dataclass(frozen=True)
class Standing:
    """How it stands with joining these two, for the colleague who looks."""

    lines: list[str]  # what joining would do
    for_two: list[str]  # what comes along so that a second colleague looks
    asked: JoinRequest | None  # by a colleague, or by the one who looks
    may_confirm: bool


def standing(kept: Person, gone: Person, by: Person) -> Standing:
    """What whoever asks and whoever confirms both read. Changes nothing."""
    asked = open_request(kept, gone)
    lines = record_joins.preview(kept, gone)
    may_confirm = asked is not None and not _why_not(asked, by, lines)
    for_two = record_joins.needs_a_second(kept, gone, by)
    return Standing(lines, for_two, asked, may_confirm)


def open_request(kept: Person, gone: Person) -> JoinRequest | None:
    """The request to join these two that waits for a colleague, or None.

    One by somebody who has left the team meanwhile asks nobody any more.
    """
    rows = JoinRequest.objects.open().filter(kept=kept, gone=gone)
    rows = rows.filter(asked_by__is_staff=True, asked_by__is_active=True)
    return rows.select_related("asked_by").first()


def join_or_ask(kept: Person, gone: Person, by: Person) -> RecordJoin | None:
    """Join the two where this colleague may: alone, or as the second one. Else ask a colleague.

    Returns the join, or None where a colleague was asked. Raises RuleError where they cannot be
    joined.
    """
    record_joins.check(kept, gone, by)
    asked = open_request(kept, gone)
    if asked is not None and asked.asked_by_id != by.pk:
        return confirm(asked, by)
    if record_joins.needs_a_second(kept, gone, by):
        ask(kept, gone, by)
        return None
    return record_joins.join(kept, gone, by)


@transaction.atomic
def ask(kept: Person, gone: Person, by: Person) -> JoinRequest:
    """Ask a colleague to look at this join; asked again, what was read now stands.

    Raises RuleError where these two cannot be joined.
    """
    record_joins.check(kept, gone, by)
    seen = _hash(record_joins.preview(kept, gone))
    row, _ = JoinRequest.objects.update_or_create(
        kept=kept,
        gone=gone,
        settled_at=None,
        defaults={"asked_by": by, "asked_at": clock.now(), "seen": seen},
    )
    return row


@transaction.atomic
def confirm(asked: JoinRequest, by: Person) -> RecordJoin:
    """A second colleague has read the same, and the records are joined.

    Raises RuleError where it is not for them to say yes, or is no longer what was read.
    """
    lines = record_joins.preview(asked.kept, asked.gone)
    if reason := _why_not(asked, by, lines):
        raise RuleError(reason)
    return record_joins.join(asked.kept, asked.gone, asked.asked_by, confirmed_by=by)


@transaction.atomic
def decline(asked: JoinRequest, by: Person) -> None:
    """These are not joined: a colleague says no, or the one who asked no longer wants it."""
    rows = JoinRequest.objects.filter(pk=asked.pk, settled_at=None)
    rows.update(settled_at=clock.now(), settled_by=by)


def _why_not(asked: JoinRequest, by: Person, lines: list[str]) -> str:
    """Why this colleague cannot say yes to it now; "" if they can."""
    if by.pk == asked.asked_by_id:
        return "You asked for this yourself. A colleague looks at it."
    if by.pk in {asked.kept_id, asked.gone_id}:
        return record_joins.OWN
    if not (asked.asked_by.is_staff and asked.asked_by.is_active):
        return f"{asked.asked_by} is no longer on our team. Ask for it yourself."
    return "" if constant_time_compare(asked.seen, _hash(lines)) else CHANGED.format(asked.asked_by)


def _hash(lines: list[str]) -> str:
    """What was read, as a key that tells nobody what it was."""
    return salted_hmac("join request", "\n".join(lines), algorithm="sha256").hexdigest()
