"""What must hold of conversations at any moment: `manage.py check_invariants` asks the database."""

from typing import Any

from django.db.models import Count, F, Q, QuerySet

from collective import clock
from collective.background.invariants import Broken, broken_of
from events.models import Conversation, Slot


def broken() -> Broken:
    """What does not hold, and for which rows; empty if all is well."""
    return broken_of({**_rules_of_slots(), **_rules_of_people(), **_rules_of_times()})


def _rules_of_slots() -> dict[str, QuerySet[Any]]:
    upcoming = Conversation.objects.upcoming()
    slots = Slot.objects.open().to_come()
    elsewhere = ~Q(slot__state=Slot.State.OPEN) | ~Q(slot__series=F("series"))
    return {
        "a conversation to come has an open slot of its own series": (
            upcoming.filter(elsewhere).values_list("pk", flat=True)
        ),
        "an open slot is its host's": (
            slots.exclude(host=F("series__host")).values_list("pk", flat=True)
        ),
    }


def _rules_of_people() -> dict[str, QuerySet[Any]]:
    booked = Conversation.objects.upcoming().order_by()
    counted = booked.values("series", "person", "series__each_upcoming").annotate(
        number=Count("pk")
    )
    with_themselves = Conversation.objects.live().filter(person=F("series__host"))
    return {
        "nobody has more to come than the host allows": (
            counted.filter(number__gt=F("series__each_upcoming")).values_list("person", flat=True)
        ),
        "no conversation is its own host's": with_themselves.values_list("pk", flat=True),
        "no conversation to come is left with a joined record": booked.filter(
            person__joined_into__isnull=False
        ).values_list("pk", flat=True),
    }


def _rules_of_times() -> dict[str, QuerySet[Any]]:
    reminded_too_late = Conversation.objects.upcoming().filter(
        next_reminder_at__gt=F("slot__starts_at")
    )
    is_told = Q(phone__isnull=False) | Q(topics__isnull=False) | Q(access_needs__isnull=False)
    still_there = Conversation.objects.filter(
        is_told, removed_at__isnull=False, slot__ends_at__lt=clock.now()
    )
    return {
        "a conversation to come is reminded of, or it is too late for that": (
            reminded_too_late.values_list("pk", flat=True)
        ),
        "what is removed is removed": still_there.values_list("pk", flat=True),
    }
