"""Each file of a text is made once before the text is published, as a draft never changes.

A worker makes them; what comes of it holds for the very text that was shown, under its title.
"""

import hashlib

from django.db import transaction

from collective.errors import RuleError
from policy_drafts.desk import work
from policy_drafts.drafts.files import this_version
from policy_drafts.models import DraftFile, FilesTrial, Policy
from policy_drafts.models.leased import WorkState

KIND = "trial"
Kind = DraftFile.Kind


class NotTried(RuleError):
    """The files are not made yet."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing is published yet. We are making each file once, to see that all come out "
            "whole. That can take a minute: then choose “Publish” again."
        )


class NotAllCanBeMade(RuleError):
    """Some files cannot be made from this text."""


def find(policy: Policy, based_on: str) -> FilesTrial | None:
    """What came of trying this text, or None where nobody has."""
    return policy.trials.filter(shown=_shown(policy, based_on)).first()


def order(policy: Policy, based_on: str) -> FilesTrial:
    """Let a worker try this text, once; what could not be tried before is tried again."""
    with transaction.atomic():
        row, _ = FilesTrial.objects.get_or_create(policy=policy, shown=_shown(policy, based_on))
        failed = FilesTrial.objects.filter(pk=row.pk, state=WorkState.FAILED)
        failed.update(state=WorkState.WAITING, attempts=0, lease_until=None, why="")
        row.refresh_from_db()
        if row.is_waiting:
            work.announce(KIND, row)
    return row


def check(policy: Policy, based_on: str, *, without: bool) -> None:
    """Raises NotTried, or NotAllCanBeMade unless somebody said to publish `without` those files."""
    row = find(policy, based_on)
    if row is None or row.is_waiting:
        raise NotTried()
    if (words := lacking(row)) and not without:
        raise NotAllCanBeMade(words)


def lacking(row: FilesTrial) -> str:
    """What cannot be made, in a sentence; "" where all can."""
    if row.has_failed:
        return row.why
    names = [Kind(kind).label for kind in row.failed]
    if not names:
        return ""
    return (
        f"From this text we cannot make: {', '.join(names)}. If it is very long, or has large "
        "pictures, try with less. Else please call us, so that we look."
    )


def _shown(policy: Policy, based_on: str) -> str:
    """A fingerprint of all that the files hang on."""
    return hashlib.sha256(repr([based_on, policy.title, this_version()]).encode()).hexdigest()
