"""The one door for mail: a row a message, written with the change it tells of, sent after commit.

`tell` writes the row, `send` sends one, `send_due` is the sweep that finds what nothing announced.
SMTP cannot be exactly-once (RFC 1047): nothing is lost, and a second copy can only come from a
death between the server's yes and our commit; it then carries the same Message-ID.
"""

import smtplib
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from collective import clock
from collective.background import doorbell
from collective.messages.mail_text import plain_text
from collective.models import Community, Message, Person
from collective.models.message import MessageQuerySet, new_message_id

LEASE = timedelta(minutes=3)
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 30)]
GIVE_UP_AFTER = timedelta(days=3)
KEEP_TEXTS = timedelta(days=30)
A_BATCH = 100
LAYOUTS = {
    "email": "email/base.html",
    "phone": "email/spoken.html",
    "post": "email/posted.html",
    "preview": "email/preview.html",
}
LONGEST = 45  # seconds that one sweep may take, well within a task's limit


@dataclass(frozen=True)
class Letter:
    """What one message says, made when it is sent: a neutral subject, a template and what that
    needs.
    """

    subject: str
    template: str
    context: dict
    to: str = ""  # their own address, or "" where it goes to the person wherever their mail goes
    row: object = None  # what it tells of, for staff who tell it by phone
    staff_page: str = ""  # the name of the admin page on which staff note what the person answers
    attachments: list = field(default_factory=list)
    one_click_stop: str = ""  # an address for List-Unsubscribe-Post (RFC 8058)


@dataclass(frozen=True)
class Kind:
    """How a kind of message is made.

    `write(message)` returns a Letter, or None if it is no longer true.

    `when_told(message)` is called when staff have told it; `when_by_hand(message)` when a mail
    becomes a task.
    """

    name: str
    label: str
    write: Callable
    keep_text: bool = True
    private_to: str = ""  # the permission without which staff do not see that such a mail was sent
    when_told: Callable | None = None
    when_by_hand: Callable | None = None


_kinds = {}


def kind(name: str, label: str, **options):
    """Mark the decorated function as the writer of this kind of message. The label is for staff."""

    def marked(write):
        write.kind = Kind(name, label, write, **options)
        return write

    return marked


def register_kinds(module) -> None:
    """Make the kinds whose writers stand in this module known; the portal calls this."""
    for value in vars(module).values():
        found = getattr(value, "kind", None)
        if isinstance(found, Kind) and value.__module__ == module.__name__:
            _kinds[found.name] = found


def kind_of(message: Message):
    return _kinds[message.kind]


def labels():
    """What staff call each kind, by its name."""
    return {name: row.label for name, row in _kinds.items()}


def hidden_from(user: Person):
    """The kinds whose mails this member of staff does not see among the messages."""
    return [
        row.name for row in _kinds.values() if row.private_to and not user.has_perm(row.private_to)
    ]


def tell(
    person: Person,
    kind_name: str,
    about,
    *,
    revision: str = "",
    address: str = "",
    channel: str = "",
    due_at: datetime | None = None,
    not_after: datetime | None = None,
) -> None:
    """Write a message in the caller's transaction; once for each (person, kind, row, revision),
    however often asked.

    Whoever is told things by phone or post gets a task for staff instead of a mail.
    """
    if not person and not address:
        raise ValueError("A message needs a person or an address")
    message = _message(person, kind_name, about, revision, due_at, not_after)
    if address:
        message.address, message.channel = address, Message.Channel.EMAIL
    message.channel = channel or message.channel
    Message.objects.bulk_create([message], ignore_conflicts=True)
    if message.due_at <= clock.now() and message.channel == Message.Channel.EMAIL:
        transaction.on_commit(lambda: doorbell.ring("collective.send_message", message.message_id))


def tell_all(
    people,
    kind_name: str,
    about,
    *,
    revision: str = "",
    due_at: datetime | None = None,
    not_after: datetime | None = None,
) -> int:
    """The same for many people, in batches, with one ring for all; returns how many were asked
    for.
    """
    told = 0
    for batch in batched(people, A_BATCH):
        rows = [_message(person, kind_name, about, revision, due_at, not_after) for person in batch]
        Message.objects.bulk_create(rows, ignore_conflicts=True)
        told += len(rows)
    transaction.on_commit(lambda: doorbell.ring("collective.sweep"))
    return told


def batched(rows, size: int):
    """Lists of so many rows (itertools has it from Python 3.12)."""
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


def _message(
    person: Person, kind_name: str, about, revision: str, due_at: datetime, not_after: datetime
) -> Message:
    now = clock.now()
    return Message(
        person=person,
        channel=person.reach_by if person else Message.Channel.EMAIL,
        kind=_kinds[kind_name].name,
        about=about.pk,
        revision=revision,
        message_id=new_message_id(),
        created_at=now,
        due_at=due_at or now,
        not_after=not_after,
    )


def send_by_message_id(message_id, *, connection=None):
    """Send one message, if it is due and nobody else is sending it. Safe to run twice."""
    connection = connection or get_connection()
    sent = _send(Message.objects.filter(message_id=message_id), connection)
    connection.close()
    return sent


def send_due():
    """Send what is due, one by one; returns (seen, done)."""
    seen = done = 0
    connection, until = get_connection(), time.monotonic() + LONGEST
    for pk in (
        Message.objects.due(clock.now()).order_by("due_at").values_list("pk", flat=True)[:A_BATCH]
    ):
        if time.monotonic() > until:
            break
        seen += 1
        done += _send(Message.objects.filter(pk=pk), connection)
    connection.close()
    return seen, done


def _send(messages: MessageQuerySet, connection):
    message = _claim(messages)
    if message is None:
        return False
    try:
        letter = letter_of(message)
        if letter is None:
            return _settle(message, state=Message.State.DROPPED)
        if not letter.to:
            return _settle(
                message, state=Message.State.FAILED, error="There is no address to send it to."
            )
        mail = _email(message, letter, connection)
        connection.open()
        if not _still_mine(message):
            return False
        mail.send()
    except SoftTimeLimitExceeded:
        raise  # the lease runs out, and the next sweep takes the message
    except (
        Exception
    ) as error:  # whatever a server or a template does, the row says so and the next one goes on
        connection.close()
        return _failed(message, error)
    kept = (
        {"subject": letter.subject[:200], "text": mail.body}
        if _kinds[message.kind].keep_text
        else {}
    )
    return _settle(message, state=Message.State.SENT, sent_at=clock.now(), error="", **kept)


@transaction.atomic
def _claim(messages):
    """Take the message under a lease, or None if it is not due or another sender has it."""
    now = clock.now()
    message = (
        messages.due(now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("person")
        .first()
    )
    if message is None:
        return None
    message.state, message.lease, message.lease_until = (
        Message.State.SENDING,
        uuid.uuid4(),
        now + LEASE,
    )
    message.attempts += 1
    message.save(update_fields=["state", "lease", "lease_until", "attempts"])
    return message


def _still_mine(message: Message) -> bool:
    """Take the lease anew just before the text goes out: a sender that was frozen past its lease
    sends nothing.
    """
    mine = Message.objects.filter(pk=message.pk, lease=message.lease, state=Message.State.SENDING)
    return mine.update(lease_until=clock.now() + LEASE) == 1


def letter_of(message: Message):
    """What the message says now, or None if it is too late or no longer true."""
    if message.not_after and message.not_after <= clock.now():
        return None
    if message.person and not message.person.is_active:
        return None
    letter = _kinds[message.kind].write(message)
    if letter is None:
        return None
    if message.channel != Message.Channel.EMAIL:
        return letter
    to = letter.to or message.address or (message.person.mail_address if message.person else "")
    return replace(letter, to=to)


def render(message: Message, letter, channel=Message.Channel.EMAIL) -> SafeString:
    """The message's HTML: a mail, or (the same wording, without links) what is read out or
    posted.
    """
    return render_to_string(
        letter.template,
        {
            **letter.context,
            "layout": LAYOUTS[channel],
            "online": channel in {"email", "preview"},
            "community": Community.current(),
            "person": message.person,
            "today": clock.now(),
        },
    )


def _email(message: Message, letter, connection) -> EmailMultiAlternatives:
    community = Community.current()
    html = render(message, letter)
    headers = {"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"}
    if letter.one_click_stop:
        headers["List-Unsubscribe"] = f"<{letter.one_click_stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail = EmailMultiAlternatives(
        letter.subject,
        plain_text(html),
        community.from_email or None,
        [letter.to],
        reply_to=[community.reply_to] if community.reply_to else None,
        headers=headers,
        connection=connection,
    )
    mail.attach_alternative(html, "text/html")
    for attachment in letter.attachments:
        mail.attach(*attachment)
    return mail


def _failed(message: Message, error: Exception):
    """A clear refusal ends it, where staff see it; anything else is tried again, ever more slowly,
    for three days.
    """
    now = clock.now()
    if _is_final(error) or now - message.created_at > GIVE_UP_AFTER:
        return _settle(
            message, state=Message.State.FAILED, error=f"{type(error).__name__}: {error}"
        )
    wait = BACK_OFF[min(message.attempts, len(BACK_OFF)) - 1]
    return _settle(
        message,
        state=Message.State.WAITING,
        due_at=now + wait,
        error=f"{type(error).__name__}: {error}",
    )


def _is_final(error) -> bool:
    """Did the server refuse this address or this text for good?

    A wrong password of ours is no such refusal.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def _settle(message: Message, **changes):
    """Write the end of this attempt, unless another sender has taken the message meanwhile."""
    mine = Message.objects.filter(pk=message.pk, lease=message.lease)
    return (
        mine.update(lease=None, lease_until=None, **changes)
        and changes["state"] == Message.State.SENT
    )


def try_again(messages: str):
    """Put failed messages back in the queue; returns how many."""
    return messages.filter(state=Message.State.FAILED).update(
        state=Message.State.WAITING,
        due_at=clock.now(),
        created_at=clock.now(),
        attempts=F("attempts") * 0,
    )


def empty_old_texts() -> tuple[int, int]:
    """Forget what was written after 30 days; that it was sent stays known. Returns (seen, done)."""
    old = Message.objects.filter(sent_at__lt=clock.now() - KEEP_TEXTS).exclude(text="")
    done = old.update(text="", subject="")
    return done, done
