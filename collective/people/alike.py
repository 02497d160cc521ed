"""People whom we may know already by another spelling: asked before somebody new is added.

A double is worse than a question: what somebody earns would go to a record that nobody reads.
"""

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, Q, TextField, Value
from django.db.models.functions import Lower

from collective.errors import RuleError
from collective.models import Person
from collective.people import phones

MOST = 10
ASK = "We know somebody like this. If it is one of the people above, choose them; else tick below."
WORDS = Func(
    Lower("name"), Value(" "), function="string_to_array", output_field=ArrayField(TextField())
)


class KnownAlready(RuleError):
    """Somebody like this is known: `people` are those whom it may be."""

    def __init__(self, people: list[Person]) -> None:
        self.people = people
        names = ", ".join(row.told_apart for row in people)
        super().__init__(
            f"We know {names}. If it is one of them, choose that one; else tick that it is "
            "somebody else."
        )


def of(name: str, email: str = "", number: str | None = "") -> list[Person]:
    """The people it may be, at most ten: those of this address or number first, then by name.

    A name is alike if all words of the shorter one are in the longer: "Ash" and "Ash Brown".
    """
    known, words = Person.objects.known(), name.lower().split()
    is_same = Q(pk=None)
    if email:
        is_same |= Q(email=email) | Q(contact_email=email)
    if number:
        is_same |= Q(phone_hash=phones.keyed_hash(number))
    found = list(known.filter(is_same)[:MOST])
    if not words or len(found) == MOST:
        return found
    alike = known.exclude(name="").alias(words=WORDS)
    alike = alike.filter(Q(words__contains=words) | Q(words__contained_by=words))
    others = alike.exclude(pk__in=[row.pk for row in found])
    return [*found, *others.order_by("name", "pk")[: MOST - len(found)]]


def check(name: str, email: str = "", number: str | None = "") -> None:
    """Raise KnownAlready where somebody like this is known."""
    if people := of(name, email, number):
        raise KnownAlready(people)
