"""The HTTP side: the paths of Stripe's that we use, a form, signed events, and a control door."""

import hashlib
import hmac
import json
import re
import socket
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.fake_stripe import form
from tests.fake_stripe.faults import Faults
from tests.fake_stripe.state import State, new_id

MONEY = "/v2/money_management"
FOREVER = 60  # seconds that a request hangs which times out


class FakeStripe:
    """`with FakeStripe() as fake:` serves on `fake.address`.

    `fake.state` and `fake.faults` may be set.
    """

    def __init__(
        self,
        port=0,
        *,
        path=None,
        clock=None,
        webhook="",
        secret="whsec_fake",
        hang=FOREVER,
        delay=0.0,
    ):
        self.state, self.faults = State(path, clock), Faults()
        self.webhook, self.secret, self.hang, self.delay = webhook, secret, hang, delay
        self.server = ThreadingHTTPServer(
            ("127.0.0.1", port), type("Bound", (Handler,), {"fake": self})
        )
        self.server.daemon_threads = True
        self.server.request_queue_size = 128
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.stopping = threading.Event()

    def __enter__(self):
        # seconds: by itself it looks every half one only whether a test that ends has stopped it
        serving = {"poll_interval": 0.01}
        threading.Thread(target=self.server.serve_forever, kwargs=serving, daemon=True).start()
        if self.webhook:
            threading.Thread(target=self._tell, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def payments(self):
        """Every outbound payment as it is now."""
        with self.state.lock:
            return [self.state.payment(key) for key in self.state.data["payments"]]

    # Events.

    def event(self, kind, object_id, path):
        """The body of a thin event (v2), as bytes."""
        body = {
            "id": new_id("evt"),
            "object": "v2.core.event",
            "type": kind,
            "livemode": False,
            "created": self.state.stamp(),
            "related_object": {
                "id": object_id,
                "type": kind.rsplit(".", 1)[0],
                "url": f"{path}/{object_id}",
            },
        }
        return json.dumps(body).encode()

    def sign(self, body, *, at=None, secret=None):
        """The Stripe-Signature header for this body."""
        at = int(at or time.time())
        signed = hmac.new(
            (secret or self.secret).encode(), f"{at}.".encode() + body, hashlib.sha256
        ).hexdigest()
        return f"t={at},v1={signed}"

    def payment_event(self, row):
        return self.event(
            f"v2.money_management.outbound_payment.{row['status']}",
            row["id"],
            f"{MONEY}/outbound_payments",
        )

    def _tell(self):
        """Tell the webhook of every status that it has not heard of.

        What was not taken is told again.
        """
        while not self.stopping.wait(1):
            for row in self.payments:
                if self.state.data["told"].get(row["id"]) != row["status"] and self._post(
                    self.payment_event(row)
                ):
                    with self.state.lock:
                        self.state.data["told"][row["id"]] = row["status"]
                        self.state.save()

    def _post(self, body):
        headers = {"Stripe-Signature": self.sign(body), "Content-Type": "application/json"}
        try:
            with urllib.request.urlopen(
                urllib.request.Request(self.webhook, body, headers), timeout=5
            ) as answer:
                return answer.status == 200
        except OSError:
            return False


class Problem(Exception):
    """An answer that is no yes: status, type, code."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake = None

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        path, query = self._where()
        if path.startswith("/form/"):
            return form.show(self, path.removeprefix("/form/"))
        return self._answer(lambda: self._get(path, query))

    def do_POST(self):
        path, _ = self._where()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if path.startswith("/form/"):
            return form.send(self, path.removeprefix("/form/"), parse_qs(body.decode()))
        if path.startswith("/_fake/"):
            return self._answer(lambda: self._control(path, json.loads(body or b"{}")))
        return self._with_faults(path, body)

    def _where(self):
        parts = urlsplit(self.path)
        return parts.path, {key: values[-1] for key, values in parse_qs(parts.query).items()}

    # Faults.

    def _with_faults(self, path, body):
        fault = self.fake.faults.next(path)
        kind, _, when = fault.partition("_")
        if when == "before" or kind in {"429", "409"}:
            return self._fail(kind)
        if when == "after":
            self._status_of(path, body)
            return self._fail(kind)
        time.sleep(self.fake.delay)
        status, answer = self._status_of(path, body)
        return self.reply(status, answer)

    def _fail(self, kind):
        if kind == "timeout":
            time.sleep(self.fake.hang)
        if kind in {"timeout", "reset"}:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif kind == "malformed":
            self.reply(200, b'{"id": "obp_test_1", "status": "proc')
        else:
            codes = {"429": "rate_limit", "409": "idempotency_error", "500": "api_error"}
            self.reply(int(kind), _error(codes[kind], codes[kind]))

    # Stripe's own.

    def _answer(self, act):
        try:
            self.reply(200, act())
        except Problem as problem:
            status, kind, code = problem.args
            self.reply(status, _error(kind, code))

    def _status_of(self, path, body):
        """(status, answer), by Stripe's rules for idempotency keys."""
        state, key = self.fake.state, self.headers.get("Idempotency-Key")
        if not (self.headers.get("Authorization") or "").startswith("Bearer sk_test_"):
            return 401, _error("invalid_request_error", "api_key_invalid")
        with state.lock:
            if key in state.in_flight:
                return 409, _error("idempotency_error", "idempotency_key_in_use")
            kept = state.kept_answer(key) if key else None
            if kept and kept["body"] != body.decode():
                return 400, _error("idempotency_error", "idempotency_error")
            if kept:
                return kept["status"], kept["answer"]
            state.in_flight.add(key)
            try:
                status, answer = 200, self._post(path, json.loads(body or b"{}"))
            except Problem as problem:
                status, answer = problem.args[0], _error(*problem.args[1:])
            finally:
                state.in_flight.discard(key)
            if key:
                state.keep_answer(key, body.decode(), status, answer)
            state.save()
            return status, answer

    def _post(self, path, body):
        state = self.fake.state
        if path == "/v2/core/accounts":
            return state.add_account(body)
        if path == "/v2/core/account_links":
            token = state.add_link(body)
            return {
                "object": "v2.core.account_link",
                "url": f"{self.fake.address}/form/{token}",
                "livemode": False,
                "account": body["account"],
                "created": state.stamp(),
                "expires_at": state.stamp(),
                "use_case": body["use_case"],
            }
        if path == f"{MONEY}/outbound_payments":
            return self._pay(body)
        if found := re.fullmatch(rf"{MONEY}/payout_methods/(\w+)/archive", path):
            row = state.data["methods"].get(found[1]) or self._missing()
            row["archived"] = True
            return row
        if found := re.fullmatch(r"/v2/core/accounts/(\w+)/close", path):
            row = state.data["accounts"].get(found[1]) or self._missing()
            if row["closed"]:
                raise Problem(400, "invalid_request_error", "account_closed")
            row["closed"] = True
            return row
        return self._missing()

    def _pay(self, body):
        state = self.fake.state
        method = state.data["methods"].get(body["to"]["payout_method"])
        if method is None or method["archived"] or method["account"] != body["to"]["recipient"]:
            raise Problem(400, "invalid_payout_method", "invalid_payout_method")
        fate = state.fate_of(method["id"])
        if fate and fate[0] == "refused":
            raise Problem(400, "invalid_payout_method", fate[1])
        if body["amount"]["value"] > state.data["balance"]:
            raise Problem(400, "insufficient_funds", "insufficient_funds")
        return state.payment(state.add_payment(body)["id"])

    def _get(self, path, query):
        state = self.fake.state
        with state.lock:
            if path == f"{MONEY}/outbound_payments":
                return self._page(
                    state.payments_since(query.get("created[gte]", "").replace("+00:00", "Z")),
                    query,
                )
            if path == f"{MONEY}/payout_methods":
                account = self.headers.get("Stripe-Context")
                return {
                    "data": [
                        row for row in state.data["methods"].values() if row["account"] == account
                    ],
                    "next_page_url": None,
                    "previous_page_url": None,
                }
            if path.startswith(f"{MONEY}/outbound_payments/"):
                return state.payment(path.rsplit("/", 1)[1]) or self._missing()
            if path.startswith(f"{MONEY}/financial_accounts/"):
                available = {"gbp": {"value": state.data["balance"], "currency": "gbp"}}
                return {
                    "id": path.rsplit("/", 1)[1],
                    "object": "v2.money_management.financial_account",
                    "balance": {
                        "available": available,
                        "inbound_pending": {},
                        "outbound_pending": {},
                    },
                }
            if path.startswith("/v2/core/accounts/"):
                return state.data["accounts"].get(path.rsplit("/", 1)[1]) or self._missing()
        return self._missing()

    def _page(self, rows, query):
        limit, start = int(query.get("limit", 10)), int(query.get("page", 0))
        following = start + limit if start + limit < len(rows) else None
        since = query.get("created[gte]", "")
        address = f"{MONEY}/outbound_payments?limit={limit}&page={following}"
        address += f"&created[gte]={since.replace('+', '%2B')}"
        return {
            "data": rows[start : start + limit],
            "previous_page_url": None,
            "next_page_url": address if following else None,
        }

    def _missing(self):
        raise Problem(404, "invalid_request_error", "resource_missing")

    # The control door: what a test or somebody who tries it out may set.

    def _control(self, path, wanted):
        fake = self.fake
        with fake.state.lock:
            if path == "/_fake/balance":
                fake.state.data["balance"] = int(wanted["pence"])
            elif path == "/_fake/faults":
                fake.faults.script = list(wanted.get("script", []))
                fake.faults.share = float(wanted.get("share", 0))
            else:
                self._missing()
            fake.state.save()
        return {"done": True}

    def reply(self, status, answer, kind="application/json", **headers):
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(data)),
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


def _error(kind, code):
    return {"error": {"type": kind, "code": code, "message": f"The fake says {code}."}}
