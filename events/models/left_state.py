"""What was given up by a link, and its state: the database keeps that the two go together."""

from collections.abc import Iterable

import pgtrigger
from django.db import models

from collective import clock


def cleared_outside(states: Iterable[str]) -> pgtrigger.Trigger:
    """A trigger: where the state is none of these any more, nothing is being given up either.

    A version that knows nothing of `leaves_at` may still run beside ours, and end such a row.
    """
    return pgtrigger.Trigger(
        name="nothing_left_to_give_up",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(new__leaves_at__isnull=False)
        & ~pgtrigger.Q(new__state__in=[*states]),
        func="NEW.leaves_at = NULL; RETURN NEW;",
    )


class CanBeTakenBack(models.Model):
    """A booking that a link of a mail may give up: it stays the person's until `leaves_at`."""

    leaves_at = models.DateTimeField(
        "given up by a link, and can be taken back until", null=True, blank=True, editable=False
    )

    class Meta:
        abstract = True

    @property
    def is_leaving(self) -> bool:
        """Was it given up by a link, and not taken back?"""
        return self.leaves_at is not None

    @property
    def can_take_back(self) -> bool:
        """May what was given up by a link still be taken back? Then it is theirs as it was."""
        return self.leaves_at is not None and self.leaves_at > clock.now()
