"""Who has changed what a payment hangs on: whoever approves it reads their names.

Where it goes, how its person is reached, and a session that was made once it was over. Two
colleagues who help each other could otherwise turn a payment to themselves, and nobody would see.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.apps import apps

from collective import clock
from collective.models import ContactChange, Person
from collective.people import by_whom
from collective.templatetags.collective import day
from payments.models import Payment, PayoutAccount

LATELY = timedelta(days=30)
CHANGED_LATELY = timedelta(days=14)


class WhoChanged:
    """The same for some payments, asked for all of them at once."""

    def __init__(
        self, payments: Collection[Payment], accounts: Mapping[UUID, PayoutAccount]
    ) -> None:
        self.accounts = accounts
        self.contacts = _contacts_of({payment.person_id for payment in payments})
        self.late = _made_late(payments)

    def of(self, payment: Payment) -> list[str]:
        """Sentences, each with who did it; empty where the person did all by themself."""
        return [
            *_destination(payment, self.accounts.get(payment.person_id)),
            *(_contact(payment, row) for row in self.contacts[payment.person_id]),
            *_session(payment, self.late.get(payment.activity_id)),
        ]


def _by(payment: Payment, person: Person | None) -> str:
    """ " by Jo, who also confirmed the work", " by themselves", or "" where it is not known."""
    if person is None:
        return ""
    if person.stands_for(payment.person_id):
        return " by themselves"
    also = ", who also confirmed the work" if person.pk == payment.confirmed_by_id else ""
    return f" by {person}{also}"


def _destination(payment: Payment, account: PayoutAccount | None) -> Iterator[str]:
    """A change stays until the payment is settled; one by a colleague is always said."""
    if account is None:
        return
    since = min(payment.created_at, clock.now() - CHANGED_LATELY)
    is_new = account.wait_until is not None and account.changed_at >= since
    if not (is_new or account.set_by_staff):
        return
    words = f"Where it goes was changed on {day(account.changed_at)}"
    yield f"{words}{_by(payment, account.changed_by)}.{_wait(account)}"


def _wait(account: PayoutAccount) -> str:
    until = account.wait_until
    return f" Nothing is sent there before {day(until)}." if until and until > clock.now() else ""


def _contacts_of(people: Collection[UUID]) -> defaultdict[UUID, list[ContactChange]]:
    """{person: the newest change of each sort by each colleague}, of the last month."""
    since = clock.now() - LATELY
    rows = ContactChange.objects.filter(person__in=people, changed_at__gt=since)
    newest: dict[tuple[Any, ...], ContactChange] = {}
    for row in rows.with_who():
        newest.setdefault((row.person_id, row.changed_by_id, _is_of_address(row)), row)
    found: defaultdict[UUID, list[ContactChange]] = defaultdict(list)
    for row in newest.values():
        found[row.person_id].append(row)
    return found


def _is_of_address(row: ContactChange) -> bool:
    return "email" in row.what


def _contact(payment: Payment, row: ContactChange) -> str:
    what = "Their email address" if _is_of_address(row) else "How to reach them"
    return f"{what} was changed on {day(row.changed_at)}{_by(payment, row.changed_by)}."


def _made_late(payments: Collection[Payment]) -> dict[UUID, Person]:
    """{activity: who of our team made it, or set its end, once that end was over}."""
    ends = {payment.activity_id: payment.activity.ends_at for payment in payments}
    history = apps.get_model("collective.ActivityEvent")
    rows = history.objects.filter(pgh_obj__in=[key for key, end in ends.items() if end])
    first: dict[UUID, Any] = {}
    for row in rows.order_by("pgh_id"):
        if row.ends_at == ends[row.pgh_obj_id]:
            first.setdefault(row.pgh_obj_id, row)
    late = {key: row for key, row in first.items() if row.pgh_created_at > row.ends_at}
    people = by_whom.people_of(row.pgh_context for row in late.values()) if late else {}
    found = {key: _maker(row.pgh_context, people) for key, row in late.items()}
    return {key: person for key, person in found.items() if person}


def _maker(context: by_whom.Context, people: Mapping[str, Person]) -> Person | None:
    return people.get(str((context or {}).get("user")))


def _session(payment: Payment, by: Person | None) -> Iterator[str]:
    if by:
        yield f"The session was made after its own end,{_by(payment, by)}."
