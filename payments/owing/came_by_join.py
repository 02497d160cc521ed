"""Payments that came to their person by a join of two records: whoever approves reads so first.

It counts how the payment came, also one that arose since: by what earned it, or by where it goes.
The histories tell it, which never change, so it is known for as long as the join stands.
"""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.apps import apps

from collective.models import RecordJoin
from collective.templatetags.collective import day
from payments.models import EarnsPayment, Payment, PaymentEvent, PayoutAccount
from payments.models.payment_event import What

Owners = dict[UUID, set[UUID]]  # of each payment, the people who had what earned it


def words_of(payments: Collection[Payment]) -> dict[UUID, str]:
    """{payment: "Came by a join of 3 October by Jo"} for those that did, asked for all at once.

    A join that was undone counts no more.
    """
    people = {row.person_id for row in payments}
    stand = RecordJoin.objects.filter(kept__in=people, undone_at=None)
    joins = list(stand.select_related("joined_by", "confirmed_by").order_by("joined_at"))
    if not joins:
        return {}
    came, gone_to = _came(payments, joins), _destinations(joins)
    found = {}
    for row in payments:
        lines = [
            f"{what} by a join of {day(join.joined_at)} by {join.by_whom}."
            for what, join in (
                ("Came", came.get(row.pk)),
                ("Where it goes came", gone_to.get(row.person_id)),
            )
            if join
        ]
        if lines:
            found[row.pk] = " ".join(lines)
    return found


def _came(payments: Collection[Payment], joins: list[RecordJoin]) -> dict[UUID, RecordJoin]:
    """The join by which each payment came: it was moved itself, or what earned it was."""
    moves = PaymentEvent.objects.filter(payment__in=payments, what=What.MOVED).order_by("pk")
    newest = {move.payment_id: move for move in moves}
    owners = _owners(payments, {join.gone_id for join in joins})
    found: dict[UUID, RecordJoin] = {}
    for row in payments:
        for join in (join for join in joins if join.kept_id == row.person_id):
            move = newest.get(row.pk)
            if join.gone_id in owners[row.pk] or (move and _is_by(move, join)):
                found.setdefault(row.pk, join)
    return found


def _is_by(move: PaymentEvent, join: RecordJoin) -> bool:
    """Did this join move it? Older moves do not name their join: it was written just after."""
    named = move.details.get("join")
    return named == str(join.pk) if named else join.joined_at >= move.at


def _owners(payments: Collection[Payment], gone: set[UUID]) -> Owners:
    """Which of the emptied records once had what earned each payment, as its history says."""
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for model in EarnsPayment.__subclasses__():
        history = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
        rows = history._default_manager.filter(pgh_obj__payment__in=payments, person__in=gone)
        for payment, person in rows.values_list("pgh_obj__payment", "person").distinct():
            found[payment].add(person)
    return found


def _destinations(joins: list[RecordJoin]) -> dict[UUID, RecordJoin]:
    """{person: the join by which where their money goes came}, unless it was changed since."""
    brought = {join.kept_id: join for join in joins if join.moved_destination}
    rows = PayoutAccount.objects.filter(person__in=brought)
    return {
        row.person_id: brought[row.person_id]
        for row in rows
        if row.changed_at <= brought[row.person_id].joined_at
    }
