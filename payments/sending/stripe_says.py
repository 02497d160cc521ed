"""What Stripe says, as far as we keep it: of a payment, to a sending, of a destination."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from payments.models import PayoutAttempt

NEVER_MOVED = {"failed", "canceled"}


@dataclass(frozen=True)
class Movement:
    """An outbound payment as Stripe holds it now."""

    stripe_id: str
    status: str  # processing, posted, failed, returned, canceled
    pence: int
    currency: str
    attempt: str  # the key of our attempt, from its metadata
    expected_on: date | None = None
    moved_at: datetime | None = None  # when it took this status
    reason: str = ""
    description: str = ""

    @property
    def has_moved(self) -> bool:
        """Is money on its way, or has it arrived?"""
        return self.status not in NEVER_MOVED

    def fits(self, attempt: PayoutAttempt) -> bool:
        """Is this what the attempt asked for, to the penny?"""
        is_named = self.attempt == str(attempt.pk) and attempt.stripe_id is None
        is_ours = is_named or attempt.stripe_id == self.stripe_id
        return is_ours and (self.pence, self.currency) == (attempt.amount_pence, "gbp")


@dataclass(frozen=True)
class Refused:
    """A clear no: nothing was sent."""

    why: Literal["money", "details", "other"]
    code: str


@dataclass(frozen=True)
class Unknown:
    """Nobody can say whether it was sent.

    A time-out, a reset, 409, 429, 5xx, or an answer that cannot be read.
    """

    words: str


@dataclass(frozen=True)
class Destination:
    """Where a recipient's money goes, as far as we keep it."""

    is_ready: bool
    payout_method: str = ""
    bank_name: str = ""
    last_four: str = ""


Answer = Movement | Refused | Unknown
