"""Where every payment of a call stands, what is late, and what nobody here can approve."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Aggregate, Count, Q, Sum
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Greatest
from django.utils import timezone

from collective import clock
from collective.clock import LONDON
from collective.models import Call, Person
from payments import working_days
from payments.models import Expense, Payment, PayoutAccount, Review, UnknownMovement
from payments.models.payment import PaymentQuerySet
from payments.models.payment_states import CHANGEABLE, OWED, PAID, Choice, State
from payments.owing import approvals, came_by_join
from payments.sending.stops import why_it_waits

VERY_LATE = 10  # working days
A_COLUMN = 8
ANSWERED = Q(fee_pence=None) | ~Q(choice__in=[Choice.NONE, Choice.NOT_SURE])
READY = Q(person__payout_account__state=PayoutAccount.State.READY)
DUE = Q(state=State.DUE)
COLUMNS = [
    ("confirm", "To confirm", DUE & Q(confirmed_by=None)),
    ("choose", "To choose", DUE & Q(confirmed_by__isnull=False) & ~ANSWERED),
    ("set_up", "To set up", DUE & Q(confirmed_by__isnull=False) & ANSWERED & ~READY),
    ("approve", "To approve", DUE & Q(confirmed_by__isnull=False) & ANSWERED & READY),
    ("way", "On the way", Q(state__in=[State.APPROVED, State.SENDING, State.SENT])),
    ("failed", "Failed", Q(state=State.FAILED)),
    ("review", "To review", Q(state=State.NEEDS_REVIEW)),
    ("done", "Done", Q(state__in=[State.ARRIVED, State.DECLINED, State.GIVEN, State.REVERSED])),
]
FILTERS = {name: condition for name, _, condition in COLUMNS}
# When it could have gone: the work was confirmed, and the person had answered.
COULD_GO_SINCE = Greatest("confirmed_at", "chosen_at")


@dataclass
class Row:
    payment: Payment
    late_by: int = 0  # working days since it could have been sent; 0 while it is not late
    nobody: bool = False  # nobody here can approve it
    note: str = ""

    @property
    def is_very_late(self) -> bool:
        return self.late_by >= VERY_LATE


@dataclass
class Column:
    name: str
    title: str
    number: int = 0
    pence: int = 0
    rows: list[Row] = field(default_factory=list)

    @property
    def has_more(self) -> bool:
        return self.number > len(self.rows)


def columns(call: Call | None = None) -> list[Column]:
    """Every column with its first rows, in so many queries, however many payments there are."""
    payments = Payment.objects.of_call(call)
    totals = payments.aggregate(**_aggregates())
    people = list(approvals.approvers())
    shown = {name: list(_first(payments, condition)) for name, _, condition in COLUMNS}
    joins = came_by_join.words_of([row for rows in shown.values() for row in rows])
    found = []
    for name, title, _ in COLUMNS:
        number, pence = totals[f"{name}_number"], totals[f"{name}_pence"] or 0
        rows = [_row(row, name, people, joins.get(row.pk, "")) for row in shown[name]]
        found.append(Column(name, title, number, pence, rows))
    return found


def _aggregates() -> dict[str, Aggregate | CombinedExpression]:
    found: dict[str, Aggregate | CombinedExpression] = {}
    for name, _, condition in COLUMNS:
        pay = Sum("taken_pence", filter=condition)
        expenses = Sum("expenses_pence", filter=condition)
        found[f"{name}_number"] = Count("pk", filter=condition)
        found[f"{name}_pence"] = pay + expenses
    return found


def _first(payments: PaymentQuerySet, condition: Q) -> PaymentQuerySet:
    people = ("person__payout_account", "activity", "confirmed_by", "approved_by")
    rows = payments.filter(condition).select_related(*people).prefetch_related("expenses")
    return rows.order_by("confirmed_at", "created_at", "pk")[:A_COLUMN]


def _row(payment: Payment, column: str, people: list[Person], joined: str) -> Row:
    nobody = column == "approve" and not approvals.who_can(payment, people)
    note = " ".join(filter(None, [_note(payment), joined]))
    return Row(payment, late_by(payment), nobody, note)


def late_by(payment: Payment) -> int:
    """Working days since it was confirmed and answered, once they are more than we promise.

    0 while it is not late.
    """
    since = payment.could_go_since
    if payment.state not in OWED or since is None:
        return 0
    days = working_days.between(timezone.localdate(since), timezone.localdate(clock.now()))
    return days if days > working_days.PROMISE else 0


def late(payments: PaymentQuerySet) -> PaymentQuerySet:
    """Those that are owed for longer than we promise, the oldest first, with `since`."""
    last_day = working_days.longer_ago_than(working_days.PROMISE, timezone.localdate(clock.now()))
    midnight = datetime.combine(last_day + timedelta(days=1), time(0), LONDON)
    owed = payments.filter(ANSWERED, state__in=OWED, confirmed_by__isnull=False)
    rows = owed.annotate(since=COULD_GO_SINCE).filter(since__lt=midnight)
    return rows.order_by("since", "pk")


def promised_by(payment: Payment) -> date | None:
    """The working day by which we mean to send it; None while we wait for the person."""
    since = payment.could_go_since
    if since is None:
        return None
    return working_days.after(timezone.localdate(since), working_days.PROMISE)


def _note(payment: Payment) -> str:
    if payment.missing_said_at:
        return "They say that it has not come."
    if payment.is_past_its_last_day and payment.state == State.DUE:
        return "The offer's last day has passed without an answer. Ask them."
    if payment.state == State.APPROVED:
        return why_it_waits(payment)
    return ""


def warnings() -> list[tuple[str, str]]:
    """[(words, name of the admin's list)] that concern all payments."""
    unknown = UnknownMovement.objects.filter(explained_at=None)
    missing = Payment.objects.filter(state=State.SENT, missing_said_at__isnull=False)
    claimed = Expense.objects.filter(state=Expense.State.CLAIMED, payment__state__in=CHANGEABLE)
    reviews = Review.objects.filter(settled_at=None)
    found = [
        (_unknown_words(unknown.count()), "admin:payments_unknownmovement_changelist"),
        (_missing_words(missing.count()), "admin:payments_payment_changelist"),
        (_claimed_words(claimed.count()), "admin:payments_expense_changelist"),
        (_review_words(reviews.count()), "admin:payments_review_changelist"),
    ]
    return [(words, name) for words, name in found if words]


def _unknown_words(number: int) -> str:
    if number == 0:
        return ""
    return (
        "Money that we do not know has left our account at Stripe. Nothing is sent until it is "
        "explained."
    )


def _missing_words(number: int) -> str:
    people = "1 person says" if number == 1 else f"{number} people say"
    return f"{people} that a payment has not come." if number else ""


def _claimed_words(number: int) -> str:
    expenses = "1 expense" if number == 1 else f"{number} expenses"
    return f"{expenses} to decide on." if number else ""


def _review_words(number: int) -> str:
    return f"{number} to review: two people decide." if number else ""


def sums(call: Call) -> tuple[int, int]:
    """Pence of a call: what is due (approved or on the way included), and what was paid."""
    rows = Payment.objects.of_call(call)
    return _sum(rows.filter(state__in=OWED)), _sum(rows.filter(state__in=PAID))


def _sum(payments: PaymentQuerySet) -> int:
    total = payments.aggregate(pay=Sum("taken_pence"), expenses=Sum("expenses_pence"))
    return (total["pay"] or 0) + (total["expenses"] or 0)
