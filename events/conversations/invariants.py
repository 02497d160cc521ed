"""What must hold of conversations at any moment, asked of the database: `manage.py
check_invariants`.
"""

from django.db.models import Count, F, Q

from collective import clock
from events.models import Conversation, Slot


def broken():
    """[(what must hold, keys of rows for which it does not)]; empty if all is well."""
    upcoming = Conversation.objects.upcoming()
    slots = Slot.objects.open().to_come()
    doubled = (
        upcoming.order_by()
        .values("series", "person", "series__each_upcoming")
        .annotate(number=Count("pk"))
    )
    rules = [
        (
            "a conversation to come has an open slot of its own series",
            upcoming.filter(
                ~Q(slot__state=Slot.State.OPEN) | ~Q(slot__series=F("series"))
            ).values_list("pk", flat=True),
        ),
        (
            "an open slot is its host's",
            slots.exclude(host=F("series__host")).values_list("pk", flat=True),
        ),
        (
            "nobody has more to come than the host allows",
            doubled.filter(number__gt=F("series__each_upcoming")).values_list("person", flat=True),
        ),
        (
            "a conversation to come is reminded of, or it is too late for that",
            upcoming.filter(next_reminder_at__gt=F("slot__starts_at")).values_list("pk", flat=True),
        ),
        (
            "no conversation is its own host's",
            Conversation.objects.live()
            .filter(person=F("series__host"))
            .values_list("pk", flat=True),
        ),
        (
            "what is removed is removed",
            Conversation.objects.filter(removed_at__isnull=False)
            .filter(
                Q(phone__isnull=False) | Q(topics__isnull=False) | Q(access_needs__isnull=False)
            )
            .filter(slot__ends_at__lt=clock.now())
            .values_list("pk", flat=True),
        ),
    ]
    found = [(words, list(keys[:20])) for words, keys in rules]
    return [(words, keys) for words, keys in found if keys]
