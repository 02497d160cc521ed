"""Approving: who may, and what was approved by two people who have seen it.

Two people stand behind each payment: one confirmed the work, another approved it; never the payee.
The database keeps this too (`payment_approved_by_two`).
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.db.models.functions import Coalesce

from collective import clock
from collective.errors import RuleError
from collective.models import Person
from collective.models.person import PersonQuerySet
from payments.models import Payment, PayoutAccount
from payments.models.payment_event import What
from payments.models.payment_states import State
from payments.owing.checks import Checks

CHANGED = "Something has changed since you looked at it. Look again, then approve."


def approvers() -> PersonQuerySet:
    """Staff who may approve, apart from the rules for each payment."""
    may = Q(is_superuser=True) | Q(groups__permissions__codename="approve_payment")
    may |= Q(user_permissions__codename="approve_payment")
    return Person.objects.filter(may, is_staff=True, is_active=True).distinct()


def who_can(payment: Payment, people: Iterable[Person]) -> list[Person]:
    """Those of these people who may approve this payment."""
    return [person for person in people if not why_not(payment, person)]


def why_not(payment: Payment, person: Person) -> str:
    """Why this person, who may approve in general, may not approve this payment; "" if they may.

    For many payments, the caller has prefetched `expenses` and where the money goes.
    """
    if payment.person_id == person.pk:
        return "It is your own payment."
    if payment.confirmed_by_id == person.pk:
        return "You confirmed the work, and somebody else approves it."
    account = getattr(payment.person, "payout_account", None)
    if account and account.changed_by_id == person.pk:
        return "You noted where it goes, and somebody else approves it."
    if any(row.decided_by_id == person.pk for row in payment.expenses.all()):
        return "You decided on its expenses, and somebody else approves it."
    return ""


def versions(payments: Collection[Payment]) -> dict[UUID, str]:
    """{payment: a word that changes with it and its destination}.

    With the word, whoever approves says what they have seen.
    """
    rows = Payment.objects.filter(pk__in=[row.pk for row in payments]).order_by()
    rows_with_newest = rows.annotate(newest=Coalesce(Max("events__pk"), 0)).values_list(
        "pk",
        "newest",
        "person__payout_account__method",
        "person__payout_account__state",
        "person__payout_account__changed_at",
    )
    return {pk: "-".join(map(str, parts)) for pk, *parts in rows_with_newest}


@transaction.atomic
def approve(payment_id: UUID | str, by: Person, *, seen: str) -> Payment:
    """Approve what was looked at: `seen` is its version then.

    The caller has asked for a fresh second factor.

    Raises RuleError where a rule forbids it, or where it has changed since.
    """
    payment = _lock_with_person(payment_id)
    account = _lock_account(payment.person_id)
    if not by.has_perm("payments.approve_payment"):
        raise RuleError("Only people who approve payments can do this.")
    if reason := _why_not_now(payment, by, seen):
        raise RuleError(f"{payment.reference}: {reason}")
    if account is None:  # one may have come after we looked: it was not seen
        raise RuleError(f"{payment.reference}: {CHANGED}")
    payment.approved_by, payment.approved_at = by, clock.now()
    payment.method = account.method
    payment.step(State.APPROVED, What.APPROVED, by, pence=payment.amount_pence)
    return payment


def _why_not_now(payment: Payment, by: Person, seen: str) -> str:
    """Why this person may not approve what they have seen; "" if they may."""
    if reason := why_not(payment, by):
        return reason
    if versions([payment])[payment.pk] != seen:
        return CHANGED
    return next(iter(Checks([payment]).stops(payment)), "")


def _lock_with_person(payment_id: UUID | str) -> Payment:
    """The payment, and first its person: the cap for each is counted by one at a time."""
    owner = Payment.objects.values_list("person", flat=True).get(pk=payment_id)
    Person.objects.select_for_update(no_key=True).get(pk=owner)
    return Payment.objects.lock(payment_id)


def _lock_account(owner: UUID) -> PayoutAccount | None:
    """Where it goes, kept as it is until the end: only then is what was seen compared with it."""
    return PayoutAccount.objects.select_for_update(no_key=True).filter(person=owner).first()


@transaction.atomic
def take_back(payment_id: UUID, by: Person) -> Payment:
    """Undo an approval before sending has begun. Raises RuleError afterwards."""
    payment = Payment.objects.lock(payment_id)
    if payment.state != State.APPROVED:
        raise RuleError("Sending has begun, so the approval can no longer be taken back.")
    end_approval(payment, by)
    return payment


def end_approval(payment: Payment, by: Person) -> None:
    """Two people approved something else than this: they look again. The caller holds the lock."""
    payment.approved_by = payment.approved_at = None
    payment.method = ""
    payment.step(State.DUE, What.UNAPPROVED, by)
