"""Who has a section open in the editor: their browser says so every few seconds."""

from datetime import timedelta
from uuid import UUID

from collective import clock
from collective.models import Person
from policy_drafts.models import Policy, Presence, Section

STILL_THERE = timedelta(seconds=60)


def enter(section: Section, person: Person) -> None:
    """Note that this person has the section open."""
    Presence.objects.bulk_create(
        [Presence(section=section, person=person, seen_at=clock.now())],
        update_conflicts=True,
        unique_fields=["section", "person"],
        update_fields=["seen_at"],
    )


def leave(section: Section, person: Person) -> None:
    """Note that this person has closed the section."""
    Presence.objects.filter(section=section, person=person).delete()


def others_at(section: Section, person: Person) -> list[Person]:
    """The other people who have this section open now."""
    found = section.presences.filter(seen_at__gt=clock.now() - STILL_THERE).exclude(person=person)
    return [row.person for row in found.select_related("person").order_by("seen_at")]


def editors_in(policy: Policy, person: Person) -> dict[UUID, list[str]]:
    """{key of a section: names of the other people who have it open now}, over a whole policy."""
    found: dict[UUID, list[str]] = {}
    recent = Presence.objects.filter(section__policy=policy, seen_at__gt=clock.now() - STILL_THERE)
    for row in recent.exclude(person=person).select_related("person").order_by("seen_at"):
        found.setdefault(row.section_id, []).append(str(row.person))
    return found
