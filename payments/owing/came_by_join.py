"""Payments that came to their person by a join of two records: whoever approves reads so first."""

from collections.abc import Collection
from uuid import UUID

from collective.models import RecordJoin
from collective.templatetags.collective import day
from payments.models import Payment, PaymentEvent
from payments.models.payment_event import What


def words_of(payments: Collection[Payment]) -> dict[UUID, str]:
    """{payment: "Came by a join of 3 October by Jo"} for those that did, asked for all at once.

    A join that was undone counts no more.
    """
    moves = PaymentEvent.objects.filter(payment__in=payments, what=What.MOVED).order_by("pk")
    newest = {move.payment_id: move for move in moves}
    people = {row.person_id for row in payments if row.pk in newest}
    stand = RecordJoin.objects.filter(kept__in=people, undone_at=None)
    joins = list(stand.select_related("joined_by", "confirmed_by").order_by("joined_at"))
    found = {}
    for payment_id, move in newest.items():
        if join := next((row for row in joins if _is_by(move, row)), None):
            found[payment_id] = f"Came by a join of {day(join.joined_at)} by {join.by_whom}."
    return found


def _is_by(move: PaymentEvent, join: RecordJoin) -> bool:
    """Did this join move it? Older moves do not name their join: it was written just after."""
    named = move.details.get("join")
    return named == str(join.pk) if named else join.joined_at >= move.at
