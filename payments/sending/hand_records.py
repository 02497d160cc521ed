"""What a file, or a colleague, says was paid by hand: what of it fits, before anything is recorded.

Nothing here changes anything. What fits is shown, and recorded only after a yes
(`hand_payouts.record`, which looks again).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from collective.models import Person
from collective.templatetags.collective import pounds
from collective.typed.signs import clean_line
from payments.models import Payment, PayoutAccount, PayoutAttempt
from payments.models.attempt_states import State as At
from payments.sending import hand_payouts
from payments.sending.hand_payouts import Said

MOST = 500


@dataclass(frozen=True)
class Line:
    """One line as it stands in the file: our reference, theirs, and what else it says of it."""

    number: int
    said: Said
    name: str = ""
    amount: str = ""


@dataclass(frozen=True)
class Fits:
    """A line that could be recorded, with the payment that it is about."""

    line: Line
    attempt: PayoutAttempt
    said: Said

    @property
    def payment(self) -> Payment:
        return self.attempt.payment


@dataclass(frozen=True)
class Refused:
    """A line that is not recorded, and why."""

    line: Line
    why: str


def look(lines: Sequence[Line], by: Person) -> tuple[list[Fits], list[Refused]]:
    """What of these lines could be recorded by this person, and what not; so many queries."""
    attempts = _attempts_of({line.said.reference for line in lines})
    people = {attempt.payment.person_id for attempt in attempts.values()}
    accounts = {row.person_id: row for row in PayoutAccount.objects.filter(person__in=people)}
    fits: list[Fits] = []
    refused: list[Refused] = []
    seen: dict[str, int] = {}
    for line in lines:
        attempt = attempts.get(line.said.reference)
        why = _why_not(line, attempt, seen)
        if attempt and not why:
            account = accounts.get(attempt.payment.person_id)
            why = hand_payouts.why_not(attempt, line.said, account, by)
        if why or attempt is None:
            refused.append(Refused(line, why))
        else:
            fits.append(Fits(line, attempt, replace(line.said, attempt=attempt.pk)))
            seen[line.said.reference] = line.number
    return fits, refused


def _attempts_of(references: Iterable[str]) -> dict[str, PayoutAttempt]:
    """{our reference: its newest sending by hand}."""
    rows = PayoutAttempt.objects.filter(
        payment__reference__in=references, method__in=Payment.BY_HAND
    )
    rows = rows.select_related("payment__person", "payment__activity__call", "recorded_by")
    return {row.payment.reference: row for row in rows.order_by("created_at", "pk")}


def _why_not(line: Line, attempt: PayoutAttempt | None, seen: dict[str, int]) -> str:
    """Why this line is about nothing that can be recorded; "" if it is."""
    if not line.said.reference:
        return "it has no reference of ours."
    if line.said.reference in seen:
        return f"line {seen[line.said.reference]} is about the same payment."
    if attempt is None:
        return hand_payouts.NOT_THERE
    if attempt.state == At.POSTED:
        return f"it is recorded already, with {attempt.hand_reference}."
    if attempt.state != At.READY:
        return hand_payouts.NOT_THERE
    return _differs(line, attempt)


def _differs(line: Line, attempt: PayoutAttempt) -> str:
    """What the line says of the payment that is not so: a list that was sorted wrongly, say."""
    name, amount = attempt.payment.person.name, attempt.amount_pence
    if line.name and name and _plain(line.name) != _plain(name):
        return f"the file says {line.name}, and this payment is {name}’s."
    if line.amount and pence_of(line.amount) != amount:
        return f"the file says {line.amount}, and this payment is {pounds(amount)}."
    return ""


def _plain(name: str) -> str:
    return clean_line(name).casefold()


def pence_of(text: str) -> int | None:
    """An amount as offices write it: "75", "£1,075.00", "75,50"; None for what is no amount."""
    digits = text.replace("£", "").replace("GBP", "").replace(" ", "").strip()
    head, comma, tail = digits.rpartition(",")
    if comma and len(tail) == 2 and "." not in digits:
        digits = f"{head}.{tail}"
    try:
        return int((Decimal(digits.replace(",", "")) * 100).to_integral_exact())
    except (InvalidOperation, ValueError, OverflowError):
        return None
