"""What messages say: each kind has a function that writes it, when it is sent and not before."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any, Protocol, TypeVar, cast

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from collective import clock
from collective.messages import addresses
from collective.messages.mail_text import plain_text
from collective.models import Community, Message, Person

PREVIEW = "preview"  # for staff, before it goes out
LAYOUTS = {
    Message.Channel.EMAIL: "email/base.html",
    Message.Channel.PHONE: "email/spoken.html",
    Message.Channel.POST: "email/posted.html",
    PREVIEW: "email/preview.html",
}
ASKED_US = "you asked us to tell you"  # why somebody gets news that they follow
Attachment = tuple[str, str | bytes, str]  # its name, what is in it, and of which type that is


# Asks Exchange for no answers by machines (MS-OXCMAIL, 2.2.3.2.14), but not "All": that would also
# keep back the news that a mail came to nobody (NDR).
NO_ANSWERS = "DR, RN, NRN, OOF, AutoReply"


@dataclass(frozen=True)
class CalendarFile:
    """What puts something into a calendar (REQUEST), or takes it out again (CANCEL)."""

    name: str
    content: bytes
    method: str


@dataclass(frozen=True)
class Letter:
    """What one message says: a neutral subject, a template and what that needs."""

    subject: str
    template: str
    context: dict[str, Any]
    to: str = ""  # their own address, or "" where it goes to the person wherever their mail goes
    row: Model | None = None  # what it tells of, for staff who tell it by phone
    staff_page: str = ""  # the name of the admin page on which staff note what the person answers
    attachments: list[Attachment] = field(default_factory=list)
    calendar: CalendarFile | None = None
    one_click_stop: str = ""  # an address for List-Unsubscribe-Post (RFC 8058)
    because: str = ""  # why they get it, where that is not the reason of its kind


Write = Callable[[Message], Letter | None]
Marked = TypeVar("Marked", bound=Write)


@dataclass(frozen=True)
class Kind:
    """How a kind of message is made.

    `write(message)` returns a Letter, or None if it is no longer true. `when_told(message)` is
    called when staff have told it, `when_by_hand(message)` when a mail becomes a task.
    One that `protects` tells of what somebody may have done in a person's name: it goes to the
    person's own address, also where staff tell them the rest, so that no colleague holds it back.
    `because` ends the sentence "You get this email because …" at its foot.
    """

    name: str
    label: str
    write: Write
    because: str = ""  # "": as its module says for all of its kinds
    keep_text: bool = True
    protects: bool = False
    private_to: str = ""  # the permission without which staff do not see that such a mail was sent
    words_private_to: str = ""  # the permission without which staff do not read what it says
    logged_as: str = ""  # how it is noted that somebody read what it says
    when_told: Callable[[Message], object] | None = None
    when_by_hand: Callable[[Message], object] | None = None


class Writer(Protocol):
    """A function that writes letters, marked with its kind."""

    kind: Kind


_kinds: dict[str, Kind] = {}


def kind(name: str, label: str, **options: Any) -> Callable[[Marked], Marked]:
    """Mark the decorated function as the writer of this kind of message. The label is for staff.

    The options are the other fields of `Kind`.
    """

    def marked(write: Marked) -> Marked:
        cast(Writer, write).kind = Kind(name, label, write, **options)
        return write

    return marked


def register_kinds(module: ModuleType) -> None:
    """Make the kinds whose writers stand in this module known; the portal calls this.

    `BECAUSE` of the module is the reason of those that name none.
    """
    for value in vars(module).values():
        found = getattr(value, "kind", None)
        if isinstance(found, Kind) and value.__module__ == module.__name__:
            because = found.because or getattr(module, "BECAUSE", "")
            _kinds[found.name] = replace(found, because=because)


def known(name: str) -> Kind:
    """The kind of this name. Raises KeyError where no function writes it."""
    return _kinds[name]


def kind_of(message: Message) -> Kind:
    """How this message is made."""
    return _kinds[message.kind]


def labels() -> dict[str, str]:
    """What staff call each kind, by its name."""
    return {name: row.label for name, row in _kinds.items()}


def hidden_from(user: Person) -> list[str]:
    """The kinds whose mails this member of staff does not see among the messages."""
    private = [row for row in _kinds.values() if row.private_to]
    return [row.name for row in private if not user.has_perm(row.private_to)]


def letter_of(message: Message) -> Letter | None:
    """What the message says now, or None if it is too late or no longer true."""
    person = message.person
    if message.not_after and message.not_after <= clock.now():
        return None
    if person and not person.is_active:
        return None
    letter = kind_of(message).write(message)
    if letter is None or message.channel != Message.Channel.EMAIL:
        return letter
    address = message.address or (person.mail_address if person else "")
    return replace(letter, to=letter.to or address)


def render(message: Message, letter: Letter, channel: str = Message.Channel.EMAIL) -> SafeString:
    """The message's HTML: a mail, or the same words, without links, to read out or to post."""
    context = {
        **letter.context,
        "layout": LAYOUTS[channel],
        "online": channel in {Message.Channel.EMAIL, PREVIEW},
        "by_post": channel == Message.Channel.POST,
        "community": Community.current(),
        "person": message.person,
        "today": clock.now(),
        **(_foot(message, letter) if channel == Message.Channel.EMAIL else {}),
    }
    return render_to_string(letter.template, context)


def _foot(message: Message, letter: Letter) -> dict[str, str]:
    """Why they get it, how they stop it, and where people with a page choose what they get."""
    person = message.person
    has_page = person is not None and person.email and not message.address
    return {
        "because": letter.because or kind_of(message).because,
        "stop_these": letter.one_click_stop,
        "mail_settings": addresses.full_reverse("mail_settings") if has_page else "",
    }


def email_of(
    message: Message, letter: Letter, connection: BaseEmailBackend
) -> EmailMultiAlternatives:
    """The mail as it goes out by this connection: text and HTML, with its headers."""
    community = Community.current()
    html = render(message, letter)
    mail = EmailMultiAlternatives(
        letter.subject,
        plain_text(html),
        community.sender,
        [letter.to],
        reply_to=[community.reply_to] if community.reply_to else None,
        headers=_headers(message, letter),
        connection=connection,
    )
    mail.attach_alternative(html, "text/html")
    if letter.calendar:
        _attach_calendar(mail, letter.calendar)
    _attach(mail, letter.attachments)
    return mail


def _attach_calendar(mail: EmailMultiAlternatives, calendar: CalendarFile) -> None:
    """As an alternative with its method, which mail programs act on (RFC 6047, 2.4), and as a file.

    The file is for programs that do not, and says nothing of the method: it would be asked twice.
    """
    method = f"text/calendar; method={calendar.method}"
    mail.attach_alternative(calendar.content.decode(), method)
    mail.attach(calendar.name, calendar.content, "application/ics")


def _headers(message: Message, letter: Letter) -> dict[str, str]:
    headers = {"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"}
    headers["X-Auto-Response-Suppress"] = NO_ANSWERS
    if letter.one_click_stop:
        headers["List-Unsubscribe"] = f"<{letter.one_click_stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _attach(mail: EmailMultiAlternatives, attachments: Iterable[Attachment]) -> None:
    for name, content, kind_of_file in attachments:
        mail.attach(name, content, kind_of_file)
