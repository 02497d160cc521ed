"""A mail to whoever runs the site, the way that every mail goes: a row, a ring, the worker."""

import time
import uuid

from collective import clock
from collective.background import doorbell
from collective.messages import kinds
from collective.models import Message
from portal.doctor.lines import Found

LONGEST = 45  # seconds: a ring is heard at once, a sweep comes after 15
EVERY = 0.5
HOW = "Not tried. Give an address: doctor --mail-to you@example.org"
State = Message.State


def write(address: str) -> Message:
    """The message, on its way."""
    row = Message.objects.create(
        kind=kinds.MAIL_TEST, about=uuid.uuid4(), address=address, due_at=clock.now()
    )
    doorbell.ring("collective.send_message", row.message_id)
    return row


def outcome(row: Message) -> Found | None:
    """What came of it; None while it is on its way."""
    row.refresh_from_db()
    if row.state == State.SENT:
        return True, f"The mail server took a mail to {row.address}. Look whether it arrives."
    if row.state in {State.FAILED, State.DROPPED} or row.error:
        return False, f"It was not sent: {row.error[:200]}. Look at EMAIL_URL and FROM_EMAIL."
    return None


def send(address: str) -> Found:
    """Write it, and wait until the worker has sent it or says why not."""
    row, until = write(address), time.monotonic() + LONGEST
    while time.monotonic() < until:
        if found := outcome(row):
            return found
        time.sleep(EVERY)
    return False, f"Nobody sent it within {LONGEST} s. Is a worker running, or the role `sweep`?"
