"""What others answer: the broker, a worker, the site through its proxy, Stripe."""

import http.client
import imaplib
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from kombu import Connection

from collective.celery import app
from collective.messages import bounces as bounces_of
from collective.messages import mailbox
from payments.sending import gateway
from portal.doctor.lines import Found

PATIENCE = 5  # seconds for an answer
QUEUES = {"celery", "payments"}
START_WORKER = "Start one, or the role `sweep`, which needs no broker."


def broker() -> Found:
    """Does Redis or Valkey answer?"""
    options = {**app.conf.broker_transport_options, "max_retries": 0}
    try:
        with Connection(
            app.conf.broker_url, transport_options=options, connect_timeout=3
        ) as connection:
            connection.ensure_connection(max_retries=1, timeout=PATIENCE)
    except Exception as error:  # whatever fault a broker has
        return False, (
            f"Nothing answers at REDIS_URL ({type(error).__name__}). Is Redis or Valkey running? "
            "Without it everything is done by a sweep, up to a minute later."
        )
    return True, "It answers."


def worker() -> Found:
    """Does a worker answer through the broker, and is each queue looked after?"""
    found = app.control.inspect(timeout=PATIENCE / 2).active_queues() or {}
    taken = {queue["name"] for queues in found.values() for queue in queues}
    if not found:
        return False, f"No worker answers. {START_WORKER}"
    if missing := QUEUES - taken:
        return False, f"No worker takes from {', '.join(sorted(missing))}. {START_WORKER}"
    return True, f"{len(found)} answer through the broker."


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any, **more: Any) -> None:
        return None


def site() -> Found:
    """Does the site answer where people will look for it, with its proxy in between?"""
    try:
        status, _, body = _asked("/health/live")
    except (OSError, http.client.HTTPException) as error:
        return False, (
            f"{settings.SITE_URL} cannot be reached from here ({_words(error)}). Are the web "
            "server and the proxy running, and does the name lead to this server?"
        )
    if status != 200 or '"live"' not in body:
        return False, (
            f"{settings.SITE_URL} answers {status}, and not as this site does. Does it lead to "
            "this server, and does the proxy pass Host on?"
        )
    status, leads_to, _ = _asked("/")
    if status in {301, 302, 307, 308} and urlsplit(leads_to).path in {"", "/"}:
        return False, (
            "The first page leads to itself. Let the proxy set X-Forwarded-Proto, and set "
            "TRUSTED_PROXIES to how many proxies of yours there are."
        )
    if status >= 400:
        return False, f"The first page answers {status}. The web server's log says why."
    return True, f"{settings.SITE_URL} answers."


def _words(error: Exception) -> str:
    return str(getattr(error, "reason", "") or type(error).__name__)


def _asked(path: str) -> tuple[int, str, str]:
    """(status, where it leads to, the beginning of the body). Raises URLError."""
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        answer = opener.open(settings.SITE_URL + path, timeout=PATIENCE)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        body = answer.read(10_000).decode(errors="replace")
        return answer.status, answer.headers.get("Location", ""), body


def bounces() -> Found:
    """Does the mailbox open to which our mail comes back?"""
    if not settings.BOUNCES_URL:
        return True, "BOUNCES_URL is not set, so staff note by hand what came back."
    try:
        with mailbox.opened(settings.BOUNCES_URL) as box:
            number = len(box.from_servers(bounces_of.A_BATCH))
    except (OSError, imaplib.IMAP4.error) as error:
        return False, (
            f"The mailbox at BOUNCES_URL does not open ({type(error).__name__}). Are server, name, "
            "password and folder right, and may programs read it by IMAP?"
        )
    return True, f"It opens. Not read yet: {number}."


def stripe() -> Found:
    """Does Stripe take our keys?"""
    if not gateway.is_on():
        return True, "No key is set, so everything is paid by hand."
    names = ("STRIPE_WEBHOOK_SECRET", "STRIPE_FINANCIAL_ACCOUNT")
    if missing := [name for name in names if not getattr(settings, name)]:
        return False, f"{', '.join(missing)} must be set too: docs/payments.md says where it is."
    try:
        gateway.balance()
    except gateway.NotAccepted:
        return False, (
            "Stripe answers, but not to these keys. Look at STRIPE_API_KEY and "
            "STRIPE_FINANCIAL_ACCOUNT: docs/payments.md"
        )
    except gateway.NotReached:
        return False, "Stripe cannot be reached now. Nothing is lost: it is tried again."
    return True, "Stripe answers to our keys."
