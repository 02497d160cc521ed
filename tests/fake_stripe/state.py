"""What the fake holds: recipients, bank accounts, payments, keys, a balance.

It is kept in a file, if one is named.
"""

import json
import os
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

KEYS_LAST = timedelta(days=30)
# Account numbers with a fate of their own: the last four digits decide what becomes of a payment to
# it.
FATES = {
    "0001": ("failed", "payout_method_does_not_exist"),
    "0002": ("returned", "payout_method_closed"),
    "0003": ("refused", "invalid_payout_method"),
    "0004": ("failed", "review_rejected"),
}
STARTING_BALANCE = 5_000_000  # pence
EMPTY = {
    "accounts": {},
    "methods": {},
    "payments": {},
    "keys": {},
    "links": {},
    "balance": STARTING_BALANCE,
    "told": {},
}


def new_id(prefix):
    return f"{prefix}_test_{secrets.token_hex(10)}"


class State:
    """Guarded by `lock`; `save` after each change."""

    def __init__(self, path=None, clock=None):
        self.path = Path(path) if path else None
        self.lock = threading.RLock()
        self.clock = clock or (lambda: datetime.now(UTC))
        self.moved = timedelta()
        self.posts_after, self.ends_after = timedelta(0), timedelta(0)
        kept = json.loads(self.path.read_text()) if self.path and self.path.exists() else {}
        self.data = {**json.loads(json.dumps(EMPTY)), **kept}
        self.in_flight = set()

    def save(self):
        if self.path:
            part = self.path.with_suffix(".part")
            part.write_text(json.dumps(self.data))
            os.replace(part, self.path)

    def now(self):
        return self.clock() + self.moved

    def stamp(self):
        return self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    # Recipients and their bank accounts.

    def add_account(self, body):
        row = {
            "id": new_id("acct"),
            "object": "v2.core.account",
            "contact_email": body.get("contact_email"),
            "display_name": body.get("display_name"),
            "created": self.stamp(),
            "closed": False,
            "livemode": False,
        }
        self.data["accounts"][row["id"]] = row
        return row

    def add_link(self, body):
        kind = body["use_case"]["type"]
        options = body["use_case"][kind]
        token = secrets.token_urlsafe(16)
        self.data["links"][token] = {"account": body["account"], "used": False, **options}
        return token

    def add_bank_account(self, account, bank, number):
        """A new bank account; the one before is archived, as on Stripe's form."""
        for row in self.data["methods"].values():
            row["archived"] = row["archived"] or row["account"] == account
        row = {
            "id": new_id("gbba"),
            "object": "v2.money_management.payout_method",
            "type": "bank_account",
            "account": account,
            "archived": False,
            "restricted": False,
            "created": self.stamp(),
            "livemode": False,
            "usage_status": {"payments": "eligible", "transfers": "ineligible"},
            "bank_account": {
                "bank_name": bank,
                "last4": number[-4:],
                "country": "GB",
                "bank_account_type": "checking",
                "supported_currencies": ["gbp"],
            },
        }
        self.data["methods"][row["id"]] = row
        return row

    # Payments.

    def fate_of(self, method):
        return FATES.get(self.data["methods"][method]["bank_account"]["last4"])

    def add_payment(self, body):
        row = {
            "id": new_id("obp"),
            "object": "v2.money_management.outbound_payment",
            "amount": body["amount"],
            "created": self.stamp(),
            "description": body.get("description"),
            "livemode": False,
            "cancelable": False,
            "from": {
                "financial_account": body["from"]["financial_account"],
                "debited": body["amount"],
            },
            "to": {
                "recipient": body["to"]["recipient"],
                "payout_method": body["to"]["payout_method"],
                "credited": body["amount"],
            },
            "metadata": body.get("metadata") or {},
            "statement_descriptor": body.get("statement_descriptor"),
            "recipient_notification": body.get("recipient_notification")
            or {"setting": "configured"},
            "at": time.time(),
        }
        self.data["balance"] -= body["amount"]["value"]
        self.data["payments"][row["id"]] = row
        return row

    def payment(self, stripe_id):
        """As it is now: time makes it posted, failed or returned."""
        row = self.data["payments"].get(stripe_id)
        return row and {
            key: value for key, value in {**row, **self._progress(row)}.items() if key != "at"
        }

    def _progress(self, row):
        created = datetime.fromisoformat(row["created"].replace("Z", "+00:00"))
        posted, ended = created + self.posts_after, created + self.posts_after + self.ends_after
        fate, reason = self.fate_of(row["to"]["payout_method"]) or ("", "")
        times = {"posted_at": _stamp(posted)}
        status = "processing" if self.now() < posted else "posted"
        if fate == "failed" and status == "posted":
            status, times = "failed", {"failed_at": _stamp(posted)}
        if fate == "returned" and self.now() >= ended:
            status, times = "returned", {**times, "returned_at": _stamp(ended)}
        details = {status: {"reason": reason}} if status in {"failed", "returned"} else None
        arrival = None if details else _stamp(created + timedelta(days=1))
        return {
            "status": status,
            "status_transitions": times if status != "processing" else None,
            "status_details": details,
            "expected_arrival_date": arrival,
        }

    def payments_since(self, moment):
        rows = [self.payment(key) for key in self.data["payments"]]
        return sorted(
            (row for row in rows if row["created"] >= moment),
            key=lambda row: row["created"],
            reverse=True,
        )

    # Keys.

    def kept_answer(self, key):
        """(body, status, answer) of a key that is still remembered, or None."""
        kept = self.data["keys"].get(key)
        if kept and self.now() - datetime.fromisoformat(kept["at"]) > KEYS_LAST:
            del self.data["keys"][key]
            return None
        return kept

    def keep_answer(self, key, body, status, answer):
        self.data["keys"][key] = {
            "body": body,
            "status": status,
            "answer": answer,
            "at": self.now().isoformat(),
        }


def _stamp(moment):
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
