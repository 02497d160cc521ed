"""Where else somebody shows: messages, the admin's log, codes to sign in.

None of these has a key to the person that a query could follow, so each is found in its own way.
"""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q

from collective.messages import kinds
from collective.models import AddressChange, DeletionRequest, Message, Person, RecordJoin, SignIn
from collective.people.my_data import LoggedRow

# What the log keeps of a row: that somebody looked, not at whom; and who did what with the request
# to be forgotten, which says nothing about the person.
LOOKS = "^(Looked at|Exported)"
ACTS = "^(Noted that they ask to be forgotten|Began it|Confirmed it|Stopped it)$"


def addresses_of(people: Iterable[Person]) -> set[str]:
    """The addresses that are theirs, or were, and are nobody else's now."""
    mine = list(people)
    told = Message.objects.filter(kind=kinds.ADDRESS_CHANGED, about__in=[row.pk for row in mine])
    asked = SignIn.objects.filter(person__in=mine)
    changes = AddressChange.objects.filter(person__in=mine)
    found = {
        *(row.email for row in mine if row.email),
        *told.values_list("address", flat=True),
        *asked.values_list("email", flat=True),
        *changes.values_list("email", flat=True),
    }
    others = Person.objects.filter(email__in=found).exclude(pk__in=[row.pk for row in mine])
    return found - {"", *others.values_list("email", flat=True)}


def remove_sign_ins(people: Iterable[Person], addresses: set[str]) -> None:
    """Codes that were asked for, and the messages that carried them."""
    SignIn.objects.filter(Q(person__in=list(people)) | Q(email__in=addresses)).delete()
    Message.objects.filter(
        person=None, kind__in=kinds.TO_AN_ADDRESS, address__in=addresses
    ).delete()


def remove(people: list[Person], rows: list[LoggedRow]) -> None:
    """Take away messages, and names in the admin's log. Everything else is empty."""
    keys = {*(row.key for row in rows), *(person.pk for person in people)}
    joins = RecordJoin.objects.filter(Q(kept__in=people) | Q(gone__in=people))
    keys |= set(joins.values_list("pk", flat=True))
    about = [key for key in keys if isinstance(key, UUID)]
    Message.objects.filter(person__in=people).delete()
    Message.objects.filter(person=None, about__in=about).delete()
    Message.objects.filter(about__in=about).exclude(text="", subject="").update(text="", subject="")
    _empty_log(rows)


def _empty_log(rows: list[LoggedRow]) -> None:
    """That a colleague looked, and when, stays; names and words go."""
    keys: dict[type[Model], list[str]] = defaultdict(list)
    for row in rows:
        keys[row.model].append(str(row.key))
    for model, found in keys.items():
        kind = ContentType.objects.get_for_model(model)
        entries = LogEntry.objects.filter(content_type=kind, object_id__in=found)
        entries.update(object_repr="")
        kept = f"{LOOKS}|{ACTS}" if model is DeletionRequest else LOOKS
        entries.exclude(change_message__regex=kept).update(change_message="")
