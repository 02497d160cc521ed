"""What is looked at before a payment is approved, in words for whoever approves."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Sum

from collective import clock
from collective.templatetags.collective import day, pounds
from payments.models import Expense, Payment, PaymentRules, PayoutAccount, UnknownMovement
from payments.models.payment import PaymentQuerySet
from payments.models.payment_states import COMMITTED, PAID, State
from payments.owing import came_by_join
from payments.owing.who_changed import WhoChanged

A_MONTH = timedelta(days=30)
Destination = tuple[str, str]  # the bank, and the last four digits
Sums = defaultdict[UUID | int, int]  # {key of a person or call: pence}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, in words. `stops`: it cannot be approved like this."""

    words: str
    stops: bool = False
    warns: bool = False


class Checks:
    """What is known about some payments, asked for all of them at once."""

    def __init__(self, payments: Collection[Payment]) -> None:
        people = {payment.person_id for payment in payments}
        self.rules = PaymentRules.current()
        self.accounts = _accounts_of(people)
        self.shared = _shared_destinations(self.accounts.values())
        self.paid_before = _paid_before(people)
        self.lately = _committed_lately(people)
        self.spent = _committed_in_calls({payment.activity.call_id for payment in payments})
        self.strange = _with_strange_movements(payments)
        self.open_expenses = _with_open_expenses(payments)
        self.joins = came_by_join.words_of(payments)
        self.who_changed = WhoChanged(payments, self.accounts)

    def of(self, payment: Payment) -> list[Check]:
        """The checks of one payment, in the order in which they matter."""
        account = self.accounts.get(payment.person_id)
        return [
            self._confirmed(payment),
            *self.told(payment),
            *self._answered(payment),
            self._account(account),
            *self._amount(payment),
            *self._budget(payment),
            *self._shared(payment, account),
            *self._known_before(payment),
        ]

    def stops(self, payment: Payment) -> list[str]:
        """Why it cannot be approved like this, in words; empty if it can."""
        return [check.words for check in self.of(payment) if check.stops]

    def _confirmed(self, payment: Payment) -> Check:
        if payment.confirmed_by is None or payment.confirmed_at is None:
            return Check("Nobody has confirmed the work yet.", stops=True)
        return Check(f"Confirmed by {payment.confirmed_by}, {day(payment.confirmed_at)}.")

    def _answered(self, payment: Payment) -> Iterator[Check]:
        if payment.state != State.DUE:
            yield Check(f"It is not due: {payment.get_state_display().lower()}.", stops=True)
        elif not payment.is_answered:
            words = "The person has not said yet what should become of it."
            yield Check(words, stops=True)

    def told(self, payment: Payment) -> list[Check]:
        """What others have changed of it, by name: said until the payment is settled."""
        joined = self.joins.get(payment.pk)
        words = [*([joined] if joined else []), *self.who_changed.of(payment)]
        return [Check(sentence, warns=True) for sentence in words]

    def _account(self, account: PayoutAccount | None) -> Check:
        if account is None or not account.is_ready:
            return Check("Where it goes is not set up yet.", stops=True)
        return Check(f"Goes to: {account.words}.")

    def _amount(self, payment: Payment) -> Iterator[Check]:
        total, rules = payment.amount_pence, self.rules
        month = self.lately[payment.person_id] + (0 if payment.is_committed else total)
        usual = payment.activity.fee_pence or payment.fee_pence or 0
        if total == 0:
            yield Check("There is nothing to pay.", stops=True)
        if total > rules.most_per_payment_pence:
            cap = pounds(rules.most_per_payment_pence)
            yield Check(f"More than the cap of {cap} a payment.", stops=True)
        if month > rules.most_per_person_pence:
            words = f"With it, {pounds(month)} to one person in 30 days: over the cap."
            yield Check(words, stops=True)
        if total > usual:
            words = f"Above the usual {pounds(usual)}: expenses are in it, or the fee was another."
            yield Check(words, warns=True)

    def _budget(self, payment: Payment) -> Iterator[Check]:
        budget = payment.activity.call.budget_pence
        if budget is not None:
            left = budget - self.spent[payment.activity.call_id]
            words = f"{pounds(max(left, 0))} of the call's budget is left."
            yield Check(words, warns=left < payment.amount_pence)

    def _shared(self, payment: Payment, account: PayoutAccount | None) -> Iterator[Check]:
        if account is None:
            return
        sharing = self.shared.get((account.bank_name, account.last_four), set())
        if number := len(sharing - {payment.person_id}):
            people = "person" if number == 1 else "people"
            yield Check(f"Same bank and last digits as {number} other {people}.", warns=True)

    def _known_before(self, payment: Payment) -> Iterator[Check]:
        if payment.pk in self.open_expenses:
            yield Check("Expenses are claimed and not decided on yet.", stops=True)
        if payment.pk in self.strange:
            words = "Money with its reference has left our account already. Ask who sent it."
            yield Check(words, stops=True)
        if payment.person_id not in self.paid_before:
            yield Check("First payment to this person.", warns=True)


def _accounts_of(people: Collection[UUID]) -> dict[UUID, PayoutAccount]:
    rows = PayoutAccount.objects.filter(person__in=people).select_related("changed_by")
    return {row.person_id: row for row in rows}


def _paid_before(people: Collection[UUID]) -> set[UUID]:
    paid = Payment.objects.filter(person__in=people, state__in=PAID)
    return set(paid.order_by().values_list("person", flat=True).distinct())


def _with_strange_movements(payments: Collection[Payment]) -> set[UUID | None]:
    rows = UnknownMovement.objects.filter(payment__in=payments)
    return set(rows.values_list("payment", flat=True))


def _with_open_expenses(payments: Collection[Payment]) -> set[UUID]:
    rows = Expense.objects.filter(payment__in=payments, state=Expense.State.CLAIMED)
    return set(rows.values_list("payment", flat=True))


def _shared_destinations(accounts: Iterable[PayoutAccount]) -> dict[Destination, set[UUID]]:
    """{destination: people} for destinations of these accounts that several people have."""
    wanted = {(row.bank_name, row.last_four) for row in accounts if row.last_four}
    if not wanted:
        return {}
    digits = {last_four for _, last_four in wanted}
    found: defaultdict[Destination, set[UUID]] = defaultdict(set)
    for row in PayoutAccount.objects.filter(last_four__in=digits):
        found[row.bank_name, row.last_four].add(row.person_id)
    return {key: found[key] for key in wanted if len(found[key]) > 1}


def _committed_lately(people: Collection[UUID]) -> Sums:
    lately = Payment.objects.filter(person__in=people, approved_at__gt=clock.now() - A_MONTH)
    return _committed_by("person", lately)


def _committed_in_calls(calls: Collection[int]) -> Sums:
    return _committed_by("activity__call", Payment.objects.filter(activity__call__in=calls))


def _committed_by(field: str, payments: PaymentQuerySet) -> Sums:
    """{what the field holds: pence that two people have said yes to}."""
    committed = payments.filter(state__in=COMMITTED).exclude(state=State.REVERSED)
    total = Sum("taken_pence") + Sum("expenses_pence")
    return defaultdict(int, committed.order_by().values_list(field).annotate(sum=total))
