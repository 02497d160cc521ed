"""What this person is offered for this activity: every page, mail and host's page asks here.

It only reads. What is owed in the end is decided by `offering.settle`, by the same rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from collective.models import Activity, Person
from collective.models.person import Visitor
from payments.models import Capacity, EarnsPayment, Payment
from payments.models.earning import Prospect
from payments.models.payment_states import State
from payments.owing.pay_rule import calls_with_paid_session, is_for_people_without_session


class How(StrEnum):
    NOTHING = "nothing"  # there is no fee
    NOT_EARNED = "not_earned"
    IF_PERSONAL = "if_personal"  # nobody has said yet in which capacity
    OFFERED = "offered"
    PAID_ROLE = "paid_role"  # somebody else pays them for this time
    COVERED = "covered"  # a small fee, and they have a paid session in this call
    UNDECIDED = "undecided"  # our team decides
    DUE = "due"  # there is a payment, with a page of its own


@dataclass(frozen=True)
class Offered:
    """How it stands, the fee in pence, and whether a paid session rules it out, or may yet do."""

    activity: Activity
    how: How = How.NOTHING
    pence: int | None = None
    is_covered: bool = False
    may_be_covered: bool = False
    payment: Payment | None = None

    @property
    def is_open(self) -> bool:
        """May a fee still come of it, as far as we know now?"""
        return self.how in {How.OFFERED, How.IF_PERSONAL}


def in_general(activity: Activity) -> Offered:
    """What anybody reads of whom we know nothing."""
    if activity.fee_pence is None:
        return Offered(activity)
    may_be_covered = is_for_people_without_session(activity)
    return Offered(activity, How.IF_PERSONAL, activity.fee_pence, may_be_covered=may_be_covered)


def to(visitor: Visitor, activity: Activity) -> Offered:
    """What they are offered who have no booking of it yet."""
    return _unless_covered(in_general(activity), visitor)


def to_each(visitor: Visitor, activities: Iterable[Activity]) -> dict[Activity, Offered]:
    """The same for many activities, with as many queries as for one."""
    general = {activity: in_general(activity) for activity in activities}
    small = any(row.may_be_covered for row in general.values())
    calls = calls_with_paid_session(visitor) if small and isinstance(visitor, Person) else set()
    return {
        activity: _covered(row) if row.may_be_covered and activity.call_id in calls else row
        for activity, row in general.items()
    }


def of(row: EarnsPayment) -> Offered:
    """What the person of this booking is offered for it."""
    if row.fee_pence is None:
        return Offered(row.activity)
    if row.prospect == Prospect.NONE:
        return Offered(row.activity, How.NOT_EARNED)
    if row.payment and row.payment.state != State.CANCELLED:
        return Offered(row.activity, How.DUE, row.fee_pence, payment=row.payment)
    may_be_covered = is_for_people_without_session(row.activity)
    stands = Offered(row.activity, _how(row), row.fee_pence, may_be_covered=may_be_covered)
    return _unless_covered(stands, row.person) if may_be_covered else stands


def _how(row: EarnsPayment) -> How:
    if row.capacity == Capacity.PAID_ROLE:
        return How.PAID_ROLE
    if row.prospect == Prospect.UNDECIDED:
        return How.UNDECIDED
    if row.capacity == Capacity.NOT_SURE:
        return How.IF_PERSONAL
    # it is earned, and yet its payment was taken back: our team looks at it
    taken_back = row.prospect == Prospect.EARNED and row.payment is not None
    return How.UNDECIDED if taken_back else How.OFFERED


def _unless_covered(offered: Offered, visitor: Visitor) -> Offered:
    if not offered.may_be_covered or not isinstance(visitor, Person):
        return offered
    is_covered = offered.activity.call_id in calls_with_paid_session(visitor)
    return _covered(offered) if is_covered else offered


def _covered(offered: Offered) -> Offered:
    """A paid session rules the fee out; whoever is paid by somebody else reads that first."""
    how = How.PAID_ROLE if offered.how == How.PAID_ROLE else How.COVERED
    return replace(offered, how=how, is_covered=True)
