"""Who did something, as the person whom it is about reads it. Every history asks here.

It names the person themselves, and colleagues who acted as such. Another member is never named:
whoever gives up a place sets off what happens to the next in order, and that is nobody's business.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import pghistory

from collective.models import Person
from collective.typed import signs

STAFF_DOOR = "admin:"  # how the names of staff's pages begin
OWN = "for_oneself"  # in the context of a change: through staff's door, and for oneself
Context = Mapping[str, Any] | None  # of a row of history: who asked for it, by which page


def by_whom(actor: Person | None, owner_id: UUID, *, as_staff: bool) -> str:
    """ "by you", "by Jo from our team", or "" for what went by itself or is nobody's business."""
    if actor is None:
        return ""
    if actor.stands_for(owner_id):
        return "by you"
    name = signs.isolated(actor.name) or "somebody"
    return f"by {name} from our team" if as_staff else ""


def of_change(context: Context, owner_id: UUID, people: Mapping[str, Person]) -> str:
    """The same for a row of history, of the people who `people_of` found."""
    found = context or {}
    actor = people.get(str(found.get("user")))
    if actor is None and found.get("user") and acted_as_staff(context):
        return "by somebody from our team"
    return by_whom(actor, owner_id, as_staff=acted_as_staff(context))


def people_of(contexts: Iterable[Context]) -> dict[str, Person]:
    """The people who made these changes, by key, asked for all at once."""
    keys = {found["user"] for found in contexts if found and found.get("user")}
    return {str(person.pk): person for person in Person.objects.filter(pk__in=keys)}


def acted_as_staff(context: Context) -> bool:
    """Did it come through a page of staff's, for somebody else?"""
    found = context or {}
    return str(found.get("route", "")).startswith(STAFF_DOOR) and not found.get(OWN)


def note_act(actor: Person, row: object) -> None:
    """Say in the history of this request if somebody acts through staff's door for themselves."""
    if getattr(row, "person_id", None) == actor.pk:
        pghistory.context(**{OWN: True})
