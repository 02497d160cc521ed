"""The one module that speaks with Stripe (Global Payouts: v2 recipients and outbound payments).

Measured with stripe 16.1.0: the client retries nothing unless told, would make a key of its own,
and waits 80 s; so we bring our own key, our own time-outs, and take any answer that is not clear
for unknown. A v1 409 is an APIError, a v2 409 an IdempotencyError; `StripeError` is caught last.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

import stripe
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from stripe._error import InsufficientFundsError, StripeError
from stripe._stripe_client import StripeClient
from stripe.v2.money_management._outbound_payment import OutboundPayment

if TYPE_CHECKING:
    from payments.models import Payment, PayoutAccount

TIMEOUTS = (3, 20)  # seconds to connect, to answer
TOLERANCE = 300  # seconds that a signature may be old
# What Stripe says when it is the person's details that cannot be paid to.
DETAILS = {
    "invalid_payout_method",
    "recipient_feature_not_active",
    "payout_method_disabled",
    "payout_method_archived",
    "outbound_payment_payout_method_does_not_exist",
}


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
    created: datetime | None = None
    reason: str = ""
    description: str = ""


@dataclass(frozen=True)
class Refused:
    """A clear no: nothing was sent. `why` is "money", "details" or "other"."""

    why: str
    code: str


@dataclass(frozen=True)
class Unknown:
    """Nobody can say whether it was sent: time-out, reset, 409, 429, 5xx, an answer that cannot be
    read.
    """

    words: str


class NotReached(Exception):
    """Stripe gave no answer that we can use; ask again later."""


class NotAccepted(NotReached):
    """Stripe gave a clear no."""


@dataclass(frozen=True)
class Destination:
    """Where a recipient's money goes, as far as we keep it."""

    is_ready: bool
    payout_method: str = ""
    bank_name: str = ""
    last_four: str = ""


def is_on() -> bool:
    """Is Stripe set up here? Without it, everything is paid by hand."""
    return bool(settings.STRIPE_API_KEY)


def is_fake() -> bool:
    """Do we speak with a fake Stripe, which moves no money?"""
    return bool(settings.STRIPE_API_BASE)


@cache
def client() -> StripeClient:
    addresses = {"api": settings.STRIPE_API_BASE} if is_fake() else None
    return stripe.StripeClient(
        settings.STRIPE_API_KEY,
        base_addresses=addresses,
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=TIMEOUTS),
    )


def request_for(attempt_id: UUID, payment: "Payment", account: "PayoutAccount", descriptor):
    """The frozen request: nothing in it tells what the payment was for."""
    return {
        "from": {"financial_account": settings.STRIPE_FINANCIAL_ACCOUNT, "currency": "gbp"},
        "to": {
            "recipient": account.stripe_account,
            "payout_method": account.payout_method,
            "currency": "gbp",
        },
        "amount": {"value": payment.amount_pence, "currency": "gbp"},
        "description": payment.reference,
        "statement_descriptor": descriptor,
        "recipient_notification": {"setting": "none"},
        "metadata": {"attempt": str(attempt_id)},
    }


def send(request: HttpRequest, key: str):
    """Send the frozen request with its key.

    Returns a Movement, Refused or Unknown; raises nothing of Stripe's.
    """
    try:
        movement = _movement(
            client().v2.money_management.outbound_payments.create(request, {"idempotency_key": key})
        )
    except stripe.InsufficientFundsError as error:
        return Refused("money", _code(error))
    except stripe.StripeError as error:
        return _refusal(error)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # a yes that cannot be read, or anything that the network does: unknown is not failed
        return Unknown(f"{type(error).__name__}"[:200])
    return movement


def _refusal(error: StripeError):
    """A 4xx that names what is wrong is a clear no; everything else leaves open what happened."""
    code, status = _code(error), error.http_status
    if status not in {400, 402, 404} or not code:
        return Unknown(f"{type(error).__name__} {status or ''} {code}".strip()[:200])
    if isinstance(error, stripe.InvalidPayoutMethodError) or code in DETAILS:
        return Refused("details", code)
    return Refused("money" if code == "insufficient_funds" else "other", code)


def _code(error: InsufficientFundsError | StripeError) -> str:
    inner = getattr(error, "error", None)
    return str(error.code or getattr(inner, "code", "") or "")


def _movement(row: OutboundPayment) -> Movement:
    """Raises KeyError, TypeError or ValueError for an answer that is not an outbound payment."""
    row = row.to_dict() if hasattr(row, "to_dict") else row
    status = row["status"]
    detail = ((row.get("status_details") or {}).get(status) or {}).get("reason", "")
    moved = (row.get("status_transitions") or {}).get(f"{status}_at")
    expected = row.get("expected_arrival_date")
    return Movement(
        stripe_id=str(row["id"]),
        status=str(status),
        pence=int(row["amount"]["value"]),
        currency=str(row["amount"]["currency"]),
        attempt=str((row.get("metadata") or {}).get("attempt", "")),
        expected_on=timezone.localdate(parse_datetime(expected)) if expected else None,
        moved_at=parse_datetime(moved) if moved else None,
        created=parse_datetime(row["created"]),
        reason=str(detail),
        description=str(row.get("description") or ""),
    )


def movement(stripe_id):
    """One outbound payment as it is now. Raises NotReached."""
    return _asked(
        lambda: _movement(client().v2.money_management.outbound_payments.retrieve(stripe_id))
    )


def movements(since):
    """Every outbound payment created since this moment.

    Raises NotReached unless the whole list was read.
    """

    def read() -> list[Movement]:
        params = {"created": {"gte": since.isoformat()}, "limit": 100}
        rows = client().v2.money_management.outbound_payments.list(params)
        return [_movement_or_riddle(row) for row in rows.auto_paging_iter()]

    return _asked(read)


def _movement_or_riddle(row: OutboundPayment) -> Movement:
    """A movement that cannot be read is one that we do not know; it hides no other."""
    try:
        return _movement(row)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Movement(str(getattr(row, "id", "without a key")), "unreadable", 0, "", "")


def balance():
    """What is available at Stripe, in pence. Raises NotReached."""
    account = settings.STRIPE_FINANCIAL_ACCOUNT

    def read() -> int:
        found = client().v2.money_management.financial_accounts.retrieve(account).to_dict()
        return int(found["balance"]["available"].get("gbp", {}).get("value", 0))

    return _asked(read)


def create_recipient(key: str, name: str, email: str):
    """A recipient at Stripe without any detail but name and address; asked twice for the same, it
    is one.
    """
    known = {"display_name": name, **({"contact_email": email} if email else {})}
    key = f"{key}-{hashlib.sha256(json.dumps(known).encode()).hexdigest()[:16]}"
    params = {
        **known,
        "identity": {"country": "gb", "entity_type": "individual"},
        "configuration": {
            "recipient": {"capabilities": {"bank_accounts": {"local": {"requested": True}}}}
        },
    }
    return _asked(lambda: client().v2.core.accounts.create(params, {"idempotency_key": key}).id)


def form_address(account: "PayoutAccount", *, update, return_url, refresh_url):
    """The address of Stripe's own form, good for a short time and one person. Raises NotReached."""
    kind = "account_update" if update else "account_onboarding"
    options = {"return_url": return_url, "refresh_url": refresh_url}
    params = {"account": account, "use_case": {"type": kind, kind: options}}
    return _asked(lambda: client().v2.core.account_links.create(params).url)


def destination(account: "PayoutAccount"):
    """Where this recipient's money would go now. Raises NotReached."""

    def read() -> Destination:
        rows = client().v2.money_management.payout_methods.list(
            {"limit": 20}, {"stripe_context": account}
        )
        usable = [
            row for row in (found.to_dict() for found in rows.auto_paging_iter()) if _is_usable(row)
        ]
        if not usable:
            return Destination(False)
        row = max(usable, key=lambda row: row["created"])
        bank = row.get("bank_account") or {}
        return Destination(
            True, row["id"], bank.get("bank_name") or "Bank", (bank.get("last4") or "")[-4:]
        )

    return _asked(read)


def _is_usable(row):
    return (
        not row.get("archived")
        and not row.get("restricted")
        and row["usage_status"]["payments"] == "eligible"
    )


def forget(account: "PayoutAccount"):
    """Archive every payout method of this recipient, so that nothing can go there any more.

    Raises NotReached.
    """

    def archive_all() -> None:
        methods, context = client().v2.money_management.payout_methods, {"stripe_context": account}
        for row in methods.list({"limit": 20}, context).auto_paging_iter():
            if not row.archived:
                methods.archive(row.id, None, context)

    return _asked(archive_all)


def _asked(ask):
    try:
        return ask()
    except SoftTimeLimitExceeded:
        raise
    except stripe.StripeError as error:
        is_no = error.http_status in {400, 402, 404}
        raise (NotAccepted if is_no else NotReached)(
            f"{type(error).__name__} {_code(error)}"[:200]
        ) from error
    except Exception as error:  # whatever a network or a server does: ask again later
        raise NotReached(f"{type(error).__name__}"[:200]) from error


def event(body, signature) -> tuple[str, str, str]:
    """(event id, type, object id) of a notification that Stripe signed within the last five
    minutes.

    Raises ValueError for anything else.
    """
    if not settings.STRIPE_WEBHOOK_SECRET:
        raise ValueError("There is no secret to check it with")
    try:
        found = client().parse_event_notification(
            body, signature, settings.STRIPE_WEBHOOK_SECRET, TOLERANCE
        )
        related, context = getattr(found, "related_object", None), getattr(found, "context", None)
        about = context if ".payout_method." in found.type and context else related and related.id
        return str(found.id), str(found.type), str(about or "")
    except (
        Exception
    ) as error:  # a bad signature, JSON that is none, a field that is missing: all the same
        raise ValueError(type(error).__name__) from error
