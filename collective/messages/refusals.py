"""Whose fault it is when a relay refuses a mail: the address's, ours, or nobody can say yet.

What ends a letter for good must be clear. A refusal about our sender or our password is a fault of
the installation: it is tried again for three days, and told once (collective/seeing/problems.py).
Codes: RFC 5321 (4.2.3) and, after them in the answer, RFC 3463, 7372 and 7505.
"""

import re
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from django.db.models import Max, Q

from collective.models import Message
from collective.models.message import MessageQuerySet

GIVE_UP_AFTER = timedelta(days=3)
LONGEST_CODE = 60
ENHANCED = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")
# The mailbox or the text itself (RFC 3463, 3.2, 3.3, 3.7), but for the sender's own (5.1.7, 5.1.8).
OF_THE_LETTER = re.compile(r"5\.(1\.(0|1|2|3|4|5|6|9|10)|2\.\d+|3\.4|6\.\d+)$")
# Who we are was not proved (RFC 7372, RFC 4954), or nobody can answer our sender (RFC 7505).
OF_OURS = re.compile(r"5\.(1\.[78]|5\.[1-4]|7\.(8|9|11|1[3-9]|2[0-7]))$")
LOGIN_FIRST = {530, 534, 535, 538}  # RFC 4954, section 6: at any step
TOO_LARGE = {552, 523}
POLICY = " 5.7."


class Whose(Enum):
    """Whose fault a refusal is."""

    LETTER = auto()  # this address or this text: for good
    OURS = auto()  # our sender, password or setting: every mail
    NOBODYS = auto()  # the relay is away or busy: later
    UNCLEAR = auto()  # for good, but it does not say whether because of the address or of us


@dataclass(frozen=True)
class Refusal:
    """How a mail was refused, without any word of the relay's: these may name the address."""

    code: str  # "recipient 550 5.1.1"
    whose: Whose


def is_of_a_relay(error: Exception) -> bool:
    """Is it the answer of a relay, or its silence? Anything else is a fault of ours in a letter."""
    return isinstance(error, (smtplib.SMTPException, OSError))


def read(error: Exception) -> Refusal:
    """What this error of sending means."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _answered("recipient", *next(iter(error.recipients.values()), (550, b"")))
    if isinstance(error, smtplib.SMTPResponseException):
        step = {smtplib.SMTPSenderRefused: "sender", smtplib.SMTPDataError: "text"}
        name = step.get(type(error), "relay")
        return _answered(name, error.smtp_code, error.smtp_error)
    return Refusal(type(error).__name__[:LONGEST_CODE], Whose.NOBODYS)


def _answered(step: str, code: int, words: bytes | str) -> Refusal:
    raw = words if isinstance(words, bytes) else words.encode()
    found = ENHANCED.match(raw)
    enhanced = found.group(1).decode() if found else ""
    return Refusal(f"{step} {code} {enhanced}".strip(), _whose(step, code, enhanced))


def _whose(step: str, code: int, enhanced: str) -> Whose:
    if code < 500 or enhanced.startswith("4"):
        return Whose.NOBODYS
    if code in TOO_LARGE and step != "relay":
        return Whose.LETTER
    if step in {"sender", "relay"} or code in LOGIN_FIRST or OF_OURS.match(enhanced):
        return Whose.OURS
    return Whose.LETTER if OF_THE_LETTER.match(enhanced) else Whose.UNCLEAR


def is_final(message: Message, refusal: Refusal, now: datetime) -> bool:
    """Does this refusal end the message for good?

    One that may be ours is tried once more. It ends the message if the relay has taken another one
    meanwhile, or if it alone was refused so; where others were too, it is ours. A refusal by policy
    (5.7.x, which SPF and DMARC use) that has met only one person so far waits for more to go by.
    """
    if refusal.whose is Whose.LETTER or now - (message.refused_at or now) > GIVE_UP_AFTER:
        return True
    if refusal.whose is not Whose.UNCLEAR or message.refused_as != refusal.code:
        return False
    taken_at = last_taken_at()
    if message.refused_at and taken_at and taken_at > message.refused_at:
        return True
    others = _refused_so(refusal.code, taken_at).exclude(_to_the_same(message))
    if not others.exists():
        return POLICY not in refusal.code
    _put_back(others, now)
    return False


def last_taken_at() -> datetime | None:
    """When the relay last took a mail from us."""
    sent = Message.objects.filter(state=Message.State.SENT, channel=Message.Channel.EMAIL)
    return sent.aggregate(at=Max("sent_at"))["at"]


def _refused_so(code: str, after: datetime | None) -> MessageQuerySet:
    rows = Message.objects.filter(refused_as=code, channel=Message.Channel.EMAIL)
    return rows.filter(refused_at__gt=after) if after else rows.filter(refused_at__isnull=False)


def _to_the_same(message: Message) -> Q:
    same = Q(pk=message.pk)
    if message.person_id:
        same |= Q(person=message.person_id)
    if message.address:
        same |= Q(address=message.address)
    return same


def _put_back(refused: MessageQuerySet, now: datetime) -> None:
    """What was given up alone, before it was clear that the fault is ours, is tried again too."""
    given_up = refused.failed().filter(refused_at__gt=now - GIVE_UP_AFTER)
    given_up.update(state=Message.State.WAITING, due_at=now)
