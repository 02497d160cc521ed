"""The one door for mail: a row a message, written with the change it tells of, sent after commit.

`tell` writes the row, `send_by_message_id` sends one, `send_due` is the sweep that finds what
nothing announced. SMTP cannot be exactly-once (RFC 1047): nothing is lost, and a second copy can
only come from a death between the server's yes and our commit; it has the same Message-ID then.
"""

import hashlib
import logging
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypedDict, TypeVar, Unpack

from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Model

from collective import clock
from collective.background import doorbell, sweeps
from collective.messages import letters, refusals
from collective.messages.letters import Letter, kind, kind_of, labels, letter_of, render
from collective.models import Message, Person
from collective.models.message import BACK_OFF, LEASE, MessageQuerySet, new_message_id

__all__ = ["Letter", "kind", "kind_of", "labels", "letter_of", "render", "tell", "tell_all"]

logger = logging.getLogger(__name__)
KEEP_TEXTS = timedelta(days=30)
A_BATCH = 100
LONGEST = 45  # seconds that one sweep may take, well within a task's limit
CLEAN: dict[str, Any] = {"error": "", "refused_at": None, "refused_as": ""}
State = Message.State
Row = TypeVar("Row")


class Moments(TypedDict, total=False):
    """When a message is told, and which one of its kind about its row it is."""

    revision: str
    due_at: datetime | None
    not_after: datetime | None


def tell(
    person: Person | None,
    kind_name: str,
    about: Model,
    *,
    address: str = "",
    channel: str = "",
    **when: Unpack[Moments],
) -> None:
    """Write a message in the caller's transaction, to be sent once it is committed.

    Once for each (person, kind, row, revision), however often asked. People who are told things by
    phone or post get a task for staff instead of a mail. Raises ValueError where nobody is meant.
    """
    message = write(person, kind_name, about, address=address, channel=channel, **when)
    if message.due_at <= clock.now() and message.channel == Message.Channel.EMAIL:
        transaction.on_commit(lambda: doorbell.ring("collective.send_message", message.message_id))


def write(
    person: Person | None,
    kind_name: str,
    about: Model,
    *,
    address: str = "",
    channel: str = "",
    **when: Unpack[Moments],
) -> Message:
    """The same, but nobody is rung for: the caller sends it by itself, or a sweep does."""
    if not person and not address:
        raise ValueError("A message needs a person or an address")
    message = _message(person, kind_name, about, **when)
    if address:
        message.address, message.channel = address, Message.Channel.EMAIL
    message.channel = channel or message.channel
    Message.objects.bulk_create([message], ignore_conflicts=True)
    return message


def tell_all(
    people: Iterable[Person], kind_name: str, about: Model, **when: Unpack[Moments]
) -> int:
    """The same for many people, in batches, with one ring; returns how many were asked for."""
    told = 0
    for batch in _batched(people, A_BATCH):
        rows = [_message(person, kind_name, about, **when) for person in batch]
        Message.objects.bulk_create(rows, ignore_conflicts=True)
        told += len(rows)
    transaction.on_commit(lambda: doorbell.ring("collective.sweep"))
    return told


def _batched(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Lists of so many rows (itertools has it from Python 3.12)."""
    rest = iter(rows)
    while batch := list(islice(rest, size)):
        yield batch


def _message(
    person: Person | None, kind_name: str, about: Model, **when: Unpack[Moments]
) -> Message:
    now = clock.now()
    person = person and person.record
    kind = letters.known(kind_name)
    return Message(
        person=person,
        channel=_channel(person, kind),
        kind=kind.name,
        about=about.pk,
        revision=when.get("revision", ""),
        message_id=new_message_id(),
        created_at=now,
        due_at=when.get("due_at") or now,
        not_after=when.get("not_after"),
    )


def sign_of(address: str, length: int) -> str:
    """So many letters that stand for an address in a revision: one message for each address."""
    return hashlib.sha256(address.encode()).hexdigest()[:length]


def _channel(person: Person | None, kind: letters.Kind) -> str:
    """By which way: what protects somebody comes to their own address, whatever staff noted."""
    if person is None or (kind.protects and person.email):
        return Message.Channel.EMAIL
    return person.reach_by


def send_by_message_id(message_id: str) -> bool:
    """Send one message, if it is due and nobody else is sending it; returns whether it went out.

    Safe to run twice.
    """
    connection = get_connection()
    sent = _send(Message.objects.filter(message_id=message_id), connection)
    connection.close()
    return sent


def send_due() -> sweeps.Counts:
    """The sweep: send what is due, one by one; returns (seen, done)."""
    connection = get_connection()
    due = Message.objects.due(clock.now()).order_by("due_at")
    keys = due.values_list("pk")[:A_BATCH]
    try:
        return sweeps.each(keys, lambda pk: _send_one(pk, connection), longest=LONGEST)
    finally:
        connection.close()


def _send_one(pk: int, connection: BaseEmailBackend) -> bool:
    return _send(Message.objects.filter(pk=pk), connection)


def _send(messages: MessageQuerySet, connection: BaseEmailBackend) -> bool:
    message = _claim(messages)
    if message is None:
        return False
    try:
        return _send_claimed(message, connection)
    except SoftTimeLimitExceeded:
        raise  # the lease runs out, and the next sweep takes the message
    except Exception as error:  # whatever a server or a template does: the row says so
        connection.close()
        return _failed(message, error)


def _send_claimed(message: Message, connection: BaseEmailBackend) -> bool:
    letter = letter_of(message)
    if letter is None:
        return _settle(message, state=State.DROPPED)
    if not letter.to:
        return _settle(message, state=State.FAILED, error="There is no address to send it to.")
    mail = letters.email_of(message, letter, connection)
    connection.open()
    if not _still_mine(message):
        return False
    mail.send()
    written = {"subject": letter.subject[:200], "text": mail.body}
    kept = written if kind_of(message).keep_text else {}
    return _settle(message, state=State.SENT, sent_at=clock.now(), **CLEAN, **kept)


@transaction.atomic
def _claim(messages: MessageQuerySet) -> Message | None:
    """Take the message under a lease, or None if it is not due or another sender has it."""
    now = clock.now()
    due = messages.due(now).select_for_update(skip_locked=True, of=("self",))
    message = due.select_related("person").first()
    if message is None:
        return None
    message.state = State.SENDING
    message.lease, message.lease_until = uuid.uuid4(), now + LEASE
    message.attempts += 1
    message.save(update_fields=["state", "lease", "lease_until", "attempts"])
    return message


def _still_mine(message: Message) -> bool:
    """Take the lease anew just before the text goes out.

    A sender that was frozen past its lease sends nothing.
    """
    mine = Message.objects.filter(pk=message.pk, lease=message.lease, state=State.SENDING)
    return mine.update(lease_until=clock.now() + LEASE) == 1


def _failed(message: Message, error: Exception) -> bool:
    """A clear refusal ends it, where staff see it.

    Anything else is tried again, ever more slowly, for three days.
    """
    now, refusal = clock.now(), refusals.read(error)
    changes: dict[str, Any] = {"error": f"{type(error).__name__}: {error}"}
    if refusals.is_of_a_relay(error):
        changes |= {"refused_at": message.refused_at or now, "refused_as": refusal.code}
    if refusals.is_final(message, refusal, now):
        _log(message, refusal.code, "never", error)
        return _settle(message, state=State.FAILED, **changes)
    again_at = now + BACK_OFF[min(message.attempts, len(BACK_OFF)) - 1]
    _log(message, refusal.code, f"{again_at:%Y-%m-%dT%H:%MZ}", error)
    return _settle(message, state=State.WAITING, due_at=again_at, **changes)


def _log(message: Message, code: str, again_at: str, error: Exception) -> None:
    """One line for each refusal, without anybody's name or address.

    What is no answer of a relay's is a fault of ours: its place is told too.
    """
    key = message.message_id.strip("<>").partition("@")[0]
    words = "mail_refused kind=%s message=%s as=%s tries=%s next=%s"
    values = (message.kind, key, code.replace(" ", "_"), message.attempts, again_at)
    if refusals.is_of_a_relay(error):
        logger.warning(words, *values)
    else:
        logger.error(words, *values, exc_info=error)


def _settle(message: Message, *, state: State, **changes: Any) -> bool:
    """Write the end of this attempt, unless another sender has taken the message meanwhile.

    Returns whether it was sent.
    """
    mine = Message.objects.filter(pk=message.pk, lease=message.lease)
    settled = mine.update(state=state, lease=None, lease_until=None, **changes)
    return settled == 1 and state == State.SENT


def try_again(messages: MessageQuerySet) -> int:
    """Put failed messages back in the queue; returns how many."""
    now = clock.now()
    failed = messages.filter(state=State.FAILED)
    return failed.update(
        state=State.WAITING, due_at=now, attempts=0, refused_at=None, refused_as=""
    )


def empty_old_texts() -> sweeps.Counts:
    """The sweep: what was written is forgotten after 30 days; returns (seen, done).

    That it was sent stays known.
    """
    old = Message.objects.filter(sent_at__lt=clock.now() - KEEP_TEXTS).exclude(text="")
    done = old.update(text="", subject="")
    return done, done
