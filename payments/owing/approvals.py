"""Approving: who may, what is checked, and the checks that whoever approves has seen.

Two people stand behind each payment: who confirmed the work, and who approved it; never the payee.
The database keeps this too (`payment_approved_by_two`).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from collective import clock
from collective.errors import RuleError
from collective.models import Person
from collective.templatetags.collective import day, pounds
from payments.models import Expense, Payment, PaymentRules, PayoutAccount, UnknownMovement
from payments.models.payment import PaymentQuerySet
from payments.models.payment_states import COMMITTED, PAID, State

A_MONTH = timedelta(days=30)
CHANGED_LATELY = timedelta(days=14)
CHANGED = "Something has changed since you looked at it. Look again, then approve."


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, in words. `stops`: it cannot be approved like this."""

    words: str
    stops: bool = False
    warns: bool = False


def approvers() -> QuerySet[AbstractBaseUser]:
    """Staff who may approve, apart from the rules for each payment."""
    may = Q(is_superuser=True) | Q(groups__permissions__codename="approve_payment")
    may |= Q(user_permissions__codename="approve_payment")
    return get_user_model().objects.filter(may, is_staff=True, is_active=True).distinct()


def who_can(payment: Payment, people):
    """Those of these people who may approve this payment."""
    return [person for person in people if not why_not(payment, person)]


def why_not(payment: Payment, person: Person):
    """Why this person, who may approve in general, may not approve this payment; "" if they may.

    For many payments, the caller has prefetched `expenses`.
    """
    if payment.person_id == person.pk:
        return "It is your own payment."
    if payment.confirmed_by_id == person.pk:
        return "You confirmed the work, and somebody else approves it."
    if any(row.decided_by_id == person.pk for row in payment.expenses.all()):
        return "You decided on its expenses, and somebody else approves it."
    return ""


class Checks:
    """What is known about some payments, asked for all of them at once."""

    def __init__(self, payments) -> None:
        people = {payment.person_id for payment in payments}
        self.rules = PaymentRules.current()
        self.accounts = {
            row.person_id: row for row in PayoutAccount.objects.filter(person__in=people)
        }
        self.shared = _shared_destinations(self.accounts.values())
        paid = Payment.objects.filter(person__in=people, state__in=PAID)
        self.paid_before = set(paid.order_by().values_list("person", flat=True).distinct())
        self.lately = _committed_lately(people)
        self.spent = _committed_in_calls({payment.activity.call_id for payment in payments})
        strange = UnknownMovement.objects.filter(payment__in=payments)
        self.strange = set(strange.values_list("payment", flat=True))
        claimed = Expense.objects.filter(payment__in=payments, state=Expense.State.CLAIMED)
        self.open_expenses = set(claimed.values_list("payment", flat=True))

    def of(self, payment: Payment) -> list[Check]:
        """The checks of one payment, in the order in which they matter."""
        account = self.accounts.get(payment.person_id)
        rows = [
            self._confirmed(payment),
            self._answered(payment),
            self._account(account),
            *self._amount(payment),
        ]
        rows += self._destination(payment, account)
        if payment.pk in self.open_expenses:
            rows.append(Check("Expenses are claimed and not decided on yet.", stops=True))
        if payment.pk in self.strange:
            rows.append(
                Check(
                    "Money with its reference has left our account already. Ask who sent it.",
                    stops=True,
                )
            )
        if payment.person_id not in self.paid_before:
            rows.append(Check("First payment to this person.", warns=True))
        return [row for row in rows if row]

    def _confirmed(self, payment: Payment) -> Check:
        if payment.confirmed_by is None:
            return Check("Nobody has confirmed the work yet.", stops=True)
        return Check(f"Confirmed by {payment.confirmed_by}, {day(payment.confirmed_at)}.")

    def _answered(self, payment: Payment) -> Check | None:
        if payment.state != State.DUE:
            return Check(f"It is not due: {payment.get_state_display().lower()}.", stops=True)
        return (
            None
            if payment.is_answered
            else Check("The person has not said yet what should become of it.", stops=True)
        )

    def _account(self, account: PayoutAccount) -> Check:
        if account is None or not account.is_ready:
            return Check("Where it goes is not set up yet.", stops=True)
        return Check(f"Goes to: {account.words}.")

    def _amount(self, payment: Payment):
        total, rules = payment.amount_pence, self.rules
        month = self.lately[payment.person_id] + (0 if payment.is_committed else total)
        budget = payment.activity.call.budget_pence
        usual = payment.activity.fee_pence or payment.fee_pence or 0
        if total == 0:
            yield Check("There is nothing to pay.", stops=True)
        if total > rules.most_per_payment_pence:
            yield Check(
                f"More than the cap of {pounds(rules.most_per_payment_pence)} a payment.",
                stops=True,
            )
        if month > rules.most_per_person_pence:
            yield Check(
                f"With it, {pounds(month)} to one person in 30 days: over the cap.", stops=True
            )
        if total > usual:
            yield Check(
                f"Above the usual {pounds(usual)}: expenses are in it, or the fee was another.",
                warns=True,
            )
        if budget is not None:
            left = budget - self.spent[payment.activity.call_id]
            words = f"{pounds(max(left, 0))} of the call's budget is left."
            yield Check(words, warns=left < total)

    def _destination(self, payment: Payment, account: PayoutAccount):
        if account is None:
            return
        if others := self.shared.get((account.bank_name, account.last_four), set()) - {
            payment.person_id
        }:
            number = len(others)
            words = (
                f"Same bank and last digits as {number} other "
                f"{'person' if number == 1 else 'people'}."
            )
            yield Check(words, warns=True)
        if account.wait_until and account.changed_at > clock.now() - CHANGED_LATELY:
            until = account.wait_until
            wait = f" Nothing is sent there before {day(until)}." if until > clock.now() else ""
            yield Check(f"Changed where it goes, {day(account.changed_at)}.{wait}", warns=True)


def _shared_destinations(accounts: Iterable[PayoutAccount]):
    """{(bank, last four): people} for destinations of these accounts that more than one person
    has.
    """
    wanted = {(row.bank_name, row.last_four) for row in accounts if row.last_four}
    if not wanted:
        return {}
    digits = {last for _, last in wanted}
    found = defaultdict(set)
    rows = PayoutAccount.objects.filter(last_four__in=digits).values_list(
        "bank_name", "last_four", "person"
    )
    for bank, last, person in rows:
        found[bank, last].add(person)
    return {key: people for key, people in found.items() if key in wanted and len(people) > 1}


def _committed_lately(people):
    rows = Payment.objects.filter(
        person__in=people, state__in=COMMITTED, approved_at__gt=clock.now() - A_MONTH
    )
    return _sums(rows.exclude(state=State.REVERSED), "person")


def _committed_in_calls(calls):
    rows = Payment.objects.filter(activity__call__in=calls, state__in=COMMITTED).exclude(
        state=State.REVERSED
    )
    return _sums(rows, "activity__call")


def _sums(payments: PaymentQuerySet, by: Person):
    rows = (
        payments.order_by().values_list(by).annotate(sum=Sum("taken_pence") + Sum("expenses_pence"))
    )
    return defaultdict(int, rows)


def versions(payments):
    """{payment: a word for how it and its destination stand}: whoever approves says with it what
    they have seen.
    """
    rows = Payment.objects.filter(pk__in=[row.pk for row in payments]).order_by()
    rows = rows.annotate(newest=Coalesce(Max("events__pk"), 0)).values_list(
        "pk",
        "newest",
        "person__payout_account__method",
        "person__payout_account__state",
        "person__payout_account__changed_at",
    )
    return {pk: "-".join(map(str, parts)) for pk, *parts in rows}


@transaction.atomic
def approve(payment_id: UUID, by: Person, *, seen):
    """Approve what was looked at: `seen` is its version then.

    The caller has asked for a fresh second factor.

    Raises RuleError where a rule forbids it, or where it has changed since.
    """
    owner = Payment.objects.values_list("person", flat=True).get(pk=payment_id)
    Person.objects.select_for_update(no_key=True).get(
        pk=owner
    )  # the cap a person is counted by one at a time
    payment = Payment.objects.lock(payment_id)
    if not by.has_perm("payments.approve_payment"):
        raise RuleError("Only who approves payments can do this.")
    if reason := why_not(payment, by):
        raise RuleError(f"{payment.reference}: {reason}")
    if versions([payment])[payment.pk] != seen:
        raise RuleError(f"{payment.reference}: {CHANGED}")
    checks = Checks([payment])
    if stops := [check.words for check in checks.of(payment) if check.stops]:
        raise RuleError(f"{payment.reference}: {stops[0]}")
    account = PayoutAccount.objects.select_for_update(no_key=True).get(person=owner)
    payment.state, payment.approved_by, payment.approved_at = State.APPROVED, by, clock.now()
    payment.method = account.method
    payment.save()
    payment.note("approved", by, pence=payment.amount_pence)
    return payment


@transaction.atomic
def take_back(payment_id: UUID, by: Person):
    """Undo an approval before sending has begun. Raises RuleError afterwards."""
    from payments.owing import choices

    payment = Payment.objects.lock(payment_id)
    if payment.state != State.APPROVED:
        raise RuleError("Sending has begun, so the approval can no longer be taken back.")
    choices.unapprove(payment, by)
    return payment
