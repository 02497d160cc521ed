"""Today's part about payments: what waits for two people, and what is not where it should be.

Amounts and names are for people who see payments. The promise is five working days.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Sum
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone

from collective.models import Call, Person
from collective.templatetags.collective import day, pounds
from payments import board, problems, working_days
from payments.models import Payment, PaymentRules
from payments.models.payment import PaymentQuerySet
from payments.models.payment_states import State
from payments.owing import approvals
from payments.sending import hand_payouts, stops
from payments.working_days import end_of
from portal.today.lines import ONE_MORE, Also, Line, Section

LIST = "admin:payments_payment_changelist"
PEOPLE = ("person__payout_account", "activity", "confirmed_by")


def sections(call: Call | None, reader: Person | None) -> list[Section]:
    """To approve, failed, late, with the finance office, and what nobody has confirmed."""
    payments = Payment.objects.of_call(call)
    found = [
        to_approve(payments, reader),
        failed(payments),
        late(payments),
        with_the_office(call, reader),
        to_confirm(payments),
    ]
    return [*found, to_look_into()] if call is None else found


def _column(payments: PaymentQuerySet, name: str) -> list[Payment]:
    rows = payments.filter(board.FILTERS[name]).select_related(*PEOPLE)
    rows = rows.prefetch_related("expenses").order_by("confirmed_at", "created_at", "pk")
    return list(rows[:ONE_MORE])


def _of_column(name: str) -> str:
    return f"{reverse(LIST)}?column={name}"


def _words(payment: Payment) -> str:
    amount = pounds(payment.amount_pence)
    return f"{payment.person}: {amount} for {payment.activity}, {payment.reference}"


def _line(payment: Payment, act: str, url: str = "", **more: Any) -> Line:
    page = url or reverse("admin:payments_payment_change", args=[payment.pk])
    words = more.pop("words", _words(payment))
    return Line(f"pay:{payment.pk}", words, page, act, person=payment.person, **more)


def to_approve(payments: PaymentQuerySet, reader: Person | None) -> Section:
    """Confirmed, answered and set up: by when we promised to send each, and who may approve it."""
    people = list(approvals.approvers())
    lines = [
        _line(
            row,
            "Approve",
            reverse("admin:payments_payment_approve", args=[row.pk]),
            due=_promised(row),
            note=_who_may(row, people, reader),
        )
        for row in _column(payments, "approve")
    ]
    return Section("approve", "Payments to approve", lines, _of_column("approve"))


def _promised(payment: Payment) -> datetime | None:
    by = board.promised_by(payment)
    return end_of(by) if by else None


def _who_may(payment: Payment, people: Iterable[Person], reader: Person | None) -> str:
    """How late it is, and whether the reader can approve it, else who can."""
    can = approvals.who_can(payment, people)
    names = "You" if reader in can else ", ".join(str(row) for row in can)
    return f"{_late(payment)} {names or 'Nobody here'} can approve it.".strip()


def _late(payment: Payment) -> str:
    number = board.late_by(payment)
    return f"{number} working days, and we promise {working_days.PROMISE}." if number else ""


def failed(payments: PaymentQuerySet) -> Section:
    """What did not arrive: why, what to do next, and the act that pays it by hand instead."""
    lines = [_failed(row) for row in _column(payments, "failed")]
    return Section("pay_failed", "Payments that failed", lines, _of_column("failed"))


def _failed(payment: Payment) -> Line:
    page = "by_hand_account" if payment.is_for_staff_to_note else "hand_instead"
    instead = Also(
        "Pay by hand instead",
        reverse(f"admin:payments_payment_{page}", args=[payment.pk]),
        _words(payment),
    )
    step = problems.next_step(is_for_staff_to_note=payment.is_for_staff_to_note)
    note = f"{problems.words(payment.problem)} {step}"
    return _line(payment, "See what to do", due=_promised(payment), note=note, also=instead)


def late(payments: PaymentQuerySet) -> Section:
    """Owed for longer than we promise, and in none of the lists beside it: what each waits for."""
    elsewhere = board.FILTERS["approve"] | board.FILTERS["failed"]
    rows = board.late(payments).exclude(elsewhere)
    rows = rows.exclude(state=State.SENDING, method__in=Payment.BY_HAND)
    rules = PaymentRules.current()
    left = stops.left_today(rules)
    lines = [
        _line(row, "See it", due=_promised(row), note=_waits_for(row, rules, left))
        for row in rows.select_related(*PEOPLE)[:ONE_MORE]
    ]
    return Section("pay_late", "Payments that are late", lines, reverse("admin:payments"))


def _waits_for(payment: Payment, rules: PaymentRules, left: int) -> str:
    match payment.state:
        case State.DUE:
            words = "They have not said where it goes. Ask if they would like help with it."
        case State.APPROVED:
            waits = stops.why_it_waits(payment, rules, left)
            words = waits or "It is sent by itself. If it is not, look at System status."
        case State.NEEDS_REVIEW:
            words = "Two people settle it, at Reviews."
        case _:
            words = "Stripe has not told us yet that it has gone out."
    return f"{_late(payment)} {words}"


def with_the_office(call: Call | None, reader: Person | None) -> Section:
    """What is ready to be given to the finance office, and what is with it, a line each export."""
    ready, out = hand_payouts.ready().order_by(), hand_payouts.with_the_office()
    if call:
        ready = ready.filter(activity__call=call)
        out = out.filter(payment__activity__call=call)
    batches = out.values("batch", "exported_by", "exported_by__name").annotate(
        number=Count("pk"),
        pence=Sum("amount_pence"),
        at=Min("created_at"),
        since=Min(Greatest("payment__confirmed_at", "payment__chosen_at")),
    )
    lines = [*_to_export(ready)]
    lines += [_batch(row, reader) for row in batches.order_by("at")[:ONE_MORE]]
    return Section("office", "With the finance office", lines, reverse("admin:payments_hand"))


def _to_export(ready: PaymentQuerySet) -> Iterable[Line]:
    found = ready.aggregate(number=Count("pk"), pay=Sum("taken_pence"), more=Sum("expenses_pence"))
    if found["number"]:
        amount = pounds(found["pay"] + found["more"])
        words = f"{found['number']} approved, {amount}: ready for the finance office"
        yield Line("money:export", words, reverse("admin:payments_hand"), "Give them")


def _batch(row: Mapping[str, Any], reader: Person | None) -> Line:
    given = f"since {day(row['at'])}" if row["at"] else ""
    words = f"{row['number']} with the finance office, {pounds(row['pence'])}, {given}"
    by = row["exported_by__name"] or "A colleague"
    is_mine = reader is not None and row["exported_by"] == reader.pk
    who = "You" if is_mine else by
    note = f"{who} gave it to them, so somebody else records what was paid."
    promised = working_days.after(timezone.localdate(row["since"]), working_days.PROMISE)
    url = reverse("admin:payments_hand")
    return Line(f"batch:{row['batch']}", words, url, "Record it", end_of(promised), note=note)


def to_confirm(payments: PaymentQuerySet) -> Section:
    """What nobody but the payee has confirmed: nobody can approve it before."""
    lines = [_line(row, "Confirm the work") for row in _column(payments, "confirm")]
    return Section("confirm", "Work to confirm before a payment", lines, _of_column("confirm"))


def to_look_into() -> Section:
    """What stops sending, and what concerns all payments: reviews, expenses, money not come."""
    rules = PaymentRules.current()
    found = [(words, "admin:payments") for words in _stops(rules)]
    found += board.warnings()
    lines = [Line(f"money:{name}", words, reverse(name), "See what to do") for words, name in found]
    return Section("money", "Money to look into", lines, reverse("admin:payments"))


def _stops(rules: PaymentRules) -> Iterable[str]:
    if rules.is_paused:
        yield f"Sending is paused. {rules.paused_because}".strip()
    if rules.short_of_money_since:
        yield f"Money is missing at Stripe since {day(rules.short_of_money_since)}. Top it up."
    if rules.restored_at and not (rules.reconciled_at and rules.reconciled_at >= rules.restored_at):
        yield "The database was restored: nothing is sent until it was compared with Stripe."
