"""The one module that speaks with Stripe (Global Payouts: v2 recipients and outbound payments).

Measured with stripe 16.1.0: the client retries nothing unless told, would make a key of its own,
and waits 80 s; so we bring our own key, our own time-outs, and take any answer that is not clear
for unknown. A v1 409 is an APIError, a v2 409 an IdempotencyError; `StripeError` is caught last.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

import stripe
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from stripe.params.v2.core import (
    AccountCloseParams,
    AccountCreateParams,
    AccountLinkCreateParams,
)
from stripe.params.v2.money_management import (
    OutboundPaymentCreateParams,
    OutboundPaymentListParams,
)
from stripe.v2.money_management import OutboundPayment

from payments.models import PayoutAccount, PayoutAttempt
from payments.sending.stripe_says import Answer, Destination, Movement, Refused, Unknown

TIMEOUTS = (3, 20)  # seconds to connect, to answer
TOLERANCE = 300  # seconds that a signature may be old
CLEAR_NO = {400, 402, 404}  # statuses that, with a code, say what is wrong
Found = TypeVar("Found")
# What Stripe says when it is the person's details that cannot be paid to.
DETAILS = {
    "invalid_payout_method",
    "recipient_feature_not_active",
    "payout_method_disabled",
    "payout_method_archived",
    "outbound_payment_payout_method_does_not_exist",
}


class NotReached(Exception):
    """Stripe gave no answer that we can use; ask again later."""


class NotAccepted(NotReached):
    """Stripe gave a clear no."""


class NotThere(NotAccepted):
    """Stripe does not know what was asked about."""


def is_on() -> bool:
    """Is Stripe set up here? Without it, everything is paid by hand."""
    return bool(settings.STRIPE_API_KEY)


def is_fake() -> bool:
    """Do we speak with a fake Stripe, which moves no money?"""
    return bool(settings.STRIPE_API_BASE)


@cache
def client() -> stripe.StripeClient:
    return stripe.StripeClient(
        settings.STRIPE_API_KEY,
        base_addresses={"api": settings.STRIPE_API_BASE} if is_fake() else {},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=TIMEOUTS),
    )


def request_for(
    attempt: PayoutAttempt, account: PayoutAccount, descriptor: str
) -> OutboundPaymentCreateParams:
    """The frozen request: nothing in it tells what the payment was for."""
    return {
        "from": {"financial_account": settings.STRIPE_FINANCIAL_ACCOUNT, "currency": "gbp"},
        "to": {
            "recipient": account.stripe_account or "",
            "payout_method": account.payout_method,
            "currency": "gbp",
        },
        "amount": {"value": attempt.amount_pence, "currency": "gbp"},
        "description": attempt.payment.reference,
        "statement_descriptor": descriptor,
        "recipient_notification": {"setting": "none"},
        "metadata": {"attempt": str(attempt.pk)},
    }


def send(request: OutboundPaymentCreateParams, key: str) -> Answer:
    """Send the frozen request with its key.

    Returns a Movement, Refused or Unknown; raises nothing of Stripe's.
    """
    try:
        payments = client().v2.money_management.outbound_payments
        return _movement(payments.create(request, {"idempotency_key": key}))
    except stripe.InsufficientFundsError as error:
        return Refused("money", _code(error))
    except stripe.StripeError as error:
        return _refusal(error)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # a yes that cannot be read, or the network: unknown is not failed
        return Unknown(f"{type(error).__name__}"[:200])


def _refusal(error: stripe.StripeError) -> Refused | Unknown:
    """A 4xx that names what is wrong is a clear no; everything else leaves open what happened."""
    code, status = _code(error), error.http_status
    if status not in CLEAR_NO or not code:
        return Unknown(f"{type(error).__name__} {status or ''} {code}".strip()[:200])
    if isinstance(error, stripe.InvalidPayoutMethodError) or code in DETAILS:
        return Refused("details", code)
    return Refused("money" if code == "insufficient_funds" else "other", code)


def _code(error: stripe.StripeError) -> str:
    inner = getattr(error, "error", None)
    return str(error.code or getattr(inner, "code", "") or "")


def _movement(found: OutboundPayment) -> Movement:
    """What we keep of Stripe's object.

    Raises KeyError, TypeError, ValueError or AttributeError for what is no outbound payment.
    """
    row = found.to_dict()
    status, amount = row["status"], row["amount"]
    moved = (row.get("status_transitions") or {}).get(f"{status}_at")
    return Movement(
        stripe_id=str(row["id"]),
        status=str(status),
        pence=int(amount["value"]),
        currency=str(amount["currency"]),
        attempt=str((row.get("metadata") or {}).get("attempt", "")),
        expected_on=_day(row.get("expected_arrival_date")),
        moved_at=parse_datetime(moved) if moved else None,
        reason=_reason(row, status),
        description=str(row.get("description") or ""),
    )


def _reason(row: dict[str, Any], status: str) -> str:
    detail = (row.get("status_details") or {}).get(status) or {}
    return str(detail.get("reason", ""))


def _day(text: str | None) -> date | None:
    moment = parse_datetime(text) if text else None
    return timezone.localdate(moment) if moment else None


def movement(stripe_id: str) -> Movement:
    """One outbound payment as it is now. Raises NotReached."""
    return _asked(
        lambda: _movement(client().v2.money_management.outbound_payments.retrieve(stripe_id))
    )


def movements(since: datetime) -> list[Movement]:
    """Every outbound payment created since this moment.

    Raises NotReached unless the whole list was read.
    """

    def read() -> list[Movement]:
        params: OutboundPaymentListParams = {
            "created": {"gte": since.isoformat()},
            "limit": 100,
        }
        rows = client().v2.money_management.outbound_payments.list(params)
        return [_movement_or_riddle(row) for row in rows.auto_paging_iter()]

    return _asked(read)


def _movement_or_riddle(row: OutboundPayment) -> Movement:
    """A movement that cannot be read is one that we do not know; it hides no other."""
    try:
        return _movement(row)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Movement(str(getattr(row, "id", "without a key")), "unreadable", 0, "", "")


def balance() -> int:
    """What is available at Stripe, in pence. Raises NotReached."""
    account = settings.STRIPE_FINANCIAL_ACCOUNT

    def read() -> int:
        found = client().v2.money_management.financial_accounts.retrieve(account).to_dict()
        return int(found["balance"]["available"].get("gbp", {}).get("value", 0))

    return _asked(read)


def create_recipient(key: str, name: str, email: str) -> str:
    """Make a recipient at Stripe, with no detail but name and address; returns Stripe's key.

    Asked twice for the same, it is one.
    """
    known = {"display_name": name, **({"contact_email": email} if email else {})}
    key = f"{key}-{hashlib.sha256(json.dumps(known).encode()).hexdigest()[:16]}"
    params: AccountCreateParams = {
        "display_name": name,
        "identity": {"country": "gb", "entity_type": "individual"},
        "configuration": {
            "recipient": {"capabilities": {"bank_accounts": {"local": {"requested": True}}}}
        },
    }
    if email:
        params["contact_email"] = email
    return _asked(lambda: client().v2.core.accounts.create(params, {"idempotency_key": key}).id)


def form_address(recipient: str, back: str, *, update: bool) -> str:
    """The address of Stripe's own form, good for a short time and one person.

    From there they come `back`. Raises NotReached.
    """
    params: AccountLinkCreateParams = {
        "account": recipient,
        "use_case": {
            "type": "account_update",
            "account_update": {"return_url": back, "refresh_url": back},
        }
        if update
        else {
            "type": "account_onboarding",
            "account_onboarding": {"return_url": back, "refresh_url": back},
        },
    }
    return _asked(lambda: client().v2.core.account_links.create(params).url)


def destination(recipient: str) -> Destination:
    """Where this recipient's money would go now. Raises NotReached."""

    def read() -> Destination:
        methods = client().v2.money_management.payout_methods
        found = methods.list({"limit": 20}, {"stripe_context": recipient})
        rows = [row.to_dict() for row in found.auto_paging_iter()]
        return _newest_of([row for row in rows if _is_usable(row)])

    return _asked(read)


def _newest_of(rows: list[dict[str, Any]]) -> Destination:
    if not rows:
        return Destination(False)
    newest = max(rows, key=lambda row: row["created"])
    bank = newest.get("bank_account") or {}
    name, digits = bank.get("bank_name") or "Bank", (bank.get("last4") or "")[-4:]
    return Destination(True, newest["id"], name, digits)


def _is_usable(row: dict[str, Any]) -> bool:
    is_open = not row.get("archived") and not row.get("restricted")
    return is_open and row["usage_status"]["payments"] == "eligible"


def forget(recipient: str) -> None:
    """Archive every payout method of this recipient, so that nothing can go there any more.

    Raises NotReached.
    """

    def archive_all() -> None:
        methods = client().v2.money_management.payout_methods
        rows = methods.list({"limit": 20}, {"stripe_context": recipient})
        for row in rows.auto_paging_iter():
            if not row.archived:
                methods.archive(row.id, None, {"stripe_context": recipient})

    _asked(archive_all)


def close(recipient: str) -> None:
    """Close the account of a recipient for good: nothing can go there, nothing new be read.

    Stripe keeps what the law asks it to keep. One that is closed, or that Stripe does not know, is
    left alone. Raises NotReached, NotAccepted.
    """
    if not _is_open(recipient):
        return
    forget(recipient)
    params: AccountCloseParams = {"applied_configurations": ["recipient"]}
    _asked(lambda: client().v2.core.accounts.close(recipient, params))


def _is_open(recipient: str) -> bool:
    try:
        return not _asked(lambda: client().v2.core.accounts.retrieve(recipient)).closed
    except NotThere:
        return False


def _asked(ask: Callable[[], Found]) -> Found:
    """What Stripe answers. Raises NotReached, or NotAccepted for a clear no."""
    try:
        return ask()
    except SoftTimeLimitExceeded:
        raise
    except stripe.StripeError as error:
        raise _no_of(error)(f"{type(error).__name__} {_code(error)}"[:200]) from error
    except Exception as error:  # whatever a network or a server does: ask again later
        raise NotReached(f"{type(error).__name__}"[:200]) from error


def _no_of(error: stripe.StripeError) -> type[NotReached]:
    if error.http_status == 404:
        return NotThere
    return NotAccepted if error.http_status in CLEAR_NO else NotReached


def event(body: bytes, signature: str) -> tuple[str, str, str]:
    """(event id, type, object id) of a notification that Stripe signed in the last five minutes.

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
    except Exception as error:  # a bad signature, no JSON, a field that is missing: all the same
        raise ValueError(type(error).__name__) from error
