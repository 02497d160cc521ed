"""What the messages about sessions say: one small function a kind, one template a message."""

from dataclasses import replace
from typing import Any

from collective import clock
from collective.messages import addresses, mail
from collective.messages.letters import CalendarFile
from collective.messages.mail import Letter
from collective.models import Message
from events import calendar
from events.models import AccessNeed, Registration, Session
from events.models.registration_states import CAN_LEAVE, LIVE, State
from events.sessions import access_needs, offers
from events.sessions.messages import kinds
from payments.owing.offered import How
from payments.owing.offered import of as what_is_offered

BECAUSE = "you signed up for this session"
TOOK_PART = "you took part in this session"
GAVE_ADDRESS = "somebody who takes part gave us this address"
WHAT_IS_KEPT: dict[str, str] = {
    State.CONFIRMED: "Your place is still booked",
    State.OFFERED: "We still keep a place for you",
    State.WAITING: "You are still on the waiting list",
}
NEEDS_TOLD = [AccessNeed.State.ARRANGED, AccessNeed.State.CANNOT]


def _registration(message: Message) -> Registration:
    return Registration.objects.select_related("session__call", "person", "payment").get(
        pk=message.about
    )


def _still(message: Message, *states: State) -> Registration | None:
    """The registration, if it is in one of these states and its session takes place.

    None while it is being given up: if it is kept after all, a message of its own says all.
    """
    registration = _registration(message)
    is_cancelled = registration.session.shown_state == Session.State.CANCELLED
    is_so = registration.state in states and not registration.is_leaving
    return registration if is_so and not is_cancelled else None


def _letter(
    registration: Registration | None,
    subject: str,
    template: str,
    *,
    calendar_method: str = "",
    **more: Any,
) -> Letter | None:
    """A letter about a registration; None where it is no longer true."""
    if registration is None:
        return None
    return Letter(
        subject,
        f"events/sessions/email/{template}.html",
        {**links(registration), **more},
        row=registration,
        calendar=_calendar_file(registration, calendar_method),
    )


def _calendar_file(registration: Registration, method: str) -> CalendarFile | None:
    """What a calendar reads: REQUEST puts the session in, CANCEL takes it out, "" is no file."""
    if not method or not registration.session.length:
        return None
    file = calendar.invitation(calendar.of_registration(registration), method)
    return CalendarFile("session.ics", file, method)


def links(registration: Registration) -> dict[str, Any]:
    """The registration, its session, and addresses that open this one without signing in."""
    session = registration.session

    def with_key(name: str) -> str:
        return addresses.full_reverse(
            name, registration.pk, key_purpose="registration", pk=registration.pk
        )

    return {
        "registration": registration,
        "session": session,
        "answer_by": session.starts_at and offers.offer_until(session.starts_at, clock.now()),
        "call": addresses.full(session.call.get_absolute_url()),
        "needs_page": addresses.full(registration.get_absolute_url()) + "#what-helps",
        "support": addresses.full_reverse("page", "support"),
        "page": with_key("registration"),
        "give_up": with_key("give_up"),
        "take_back": with_key("take_back"),
        "own_page": addresses.full(registration.get_absolute_url()),
        "offer": with_key("offer"),
    }


@mail.kind(kinds.BOOKED, "Place booked")
def booked(message: Message) -> Letter | None:
    registration = _still(message, State.CONFIRMED, State.ATTENDED)
    return _letter(registration, "Your place is booked", "booked", calendar_method="REQUEST")


@mail.kind(kinds.WAITING, "On the waiting list")
def waiting(message: Message) -> Letter | None:
    return _letter(_still(message, State.WAITING), "You are on the waiting list", "waiting")


def _start_to_count(message: Message) -> None:
    offers.start_to_count(_registration(message))


def _hold_until_told(message: Message) -> None:
    offers.hold_until_told(_registration(message))


@mail.kind(
    kinds.OFFERED, "Offer of a place", when_told=_start_to_count, when_by_hand=_hold_until_told
)
def offered(message: Message) -> Letter | None:
    registration = _still(message, State.OFFERED)
    if registration is None or not registration.offer_is_open or not message.is_newest:
        return None
    return _letter(registration, "A place is free for you", "offered")


@mail.kind(kinds.OFFER_ENDS, "Reminder of an offer")
def offer_ends(message: Message) -> Letter | None:
    """Once, before it ends, to people whose time to answer runs."""
    registration, person = _still(message, State.OFFERED), message.person
    if registration is None or person is None or not person.wants_reminders:
        return None
    runs = registration.offer_is_open and not registration.offer_waits_to_be_told
    if not runs or not message.is_newest:
        return None
    stop = addresses.stop_reminders(person)
    letter = _letter(registration, "We still keep a place for you", "offer_ends", stop=stop)
    return letter and replace(letter, one_click_stop=stop)


@mail.kind(kinds.OFFER_TAKEN_BACK, "Offer taken back")
def offer_taken_back(message: Message) -> Letter | None:
    registration = _still(message, State.WAITING)
    return _letter(registration, "You are on the waiting list again", "offer_taken_back")


@mail.kind(kinds.OFFER_LAPSED, "Offer lapsed")
def offer_lapsed(message: Message) -> Letter | None:
    registration = _still(message, State.CANCELLED)
    if registration and registration.is_followed_by_another:
        return None
    return _letter(registration, "The offer of a place has ended", "offer_lapsed")


@mail.kind(kinds.DECLINED, "Said no to an offer")
def declined(message: Message) -> Letter | None:
    """A receipt, with the way back; not where they have signed up again since."""
    registration = _still(message, State.CANCELLED)
    if registration and registration.is_followed_by_another:
        return None
    return _letter(registration, "You said no to the place", "declined")


@mail.kind(kinds.GIVEN_UP, "No longer booked")
def given_up(message: Message) -> Letter | None:
    registration = _still(message, State.CANCELLED)
    subject = "You are not signed up any more"
    return _letter(registration, subject, "given_up", calendar_method="CANCEL")


@mail.kind(kinds.LEAVING, "Given up by a link: it can be taken back")
def leaving(message: Message) -> Letter | None:
    registration = _registration(message)
    if not registration.can_take_back or not message.is_newest:
        return None
    return _letter(registration, registration.what_was_left, "leaving")


@mail.kind(kinds.KEPT, "Taken back: not given up after all")
def kept(message: Message) -> Letter | None:
    """No link in it opens anything: what pressed the button of the last mail may press again."""
    registration = _still(message, *CAN_LEAVE)
    if registration is None or not message.is_newest:
        return None
    method = "REQUEST" if registration.state == State.CONFIRMED else ""
    return _letter(registration, WHAT_IS_KEPT[registration.state], "kept", calendar_method=method)


@mail.kind(kinds.JOINING, "How to join")
def joining(message: Message) -> Letter | None:
    return _letter(_still(message, State.CONFIRMED, State.ATTENDED), "How to join", "joining")


@mail.kind(
    kinds.JOINING_COMPANION, "How to join, for somebody who comes along", because=GAVE_ADDRESS
)
def joining_companion(message: Message) -> Letter | None:
    registration = _still(message, State.CONFIRMED, State.ATTENDED)
    if registration is None or registration.companion_email != message.address:
        return None
    return _letter(registration, "How to join", "joining_companion")


@mail.kind(kinds.REMINDER, "Reminder")
def reminder(message: Message) -> Letter | None:
    person = message.person
    if person is None or not person.wants_reminders:
        return None
    stop = addresses.stop_reminders(person)
    registration = _still(message, State.CONFIRMED)
    needs = access_needs.told_counts(registration) if registration else []
    letter = _letter(registration, "A reminder of your session", "reminder", stop=stop, needs=needs)
    return letter and replace(letter, one_click_stop=stop)


@mail.kind(kinds.AFTER, "Thanks afterwards", because=TOOK_PART)
def after(message: Message) -> Letter | None:
    """Only to people who are marked as there, by now."""
    registration = _still(message, State.ATTENDED)
    offer = registration and what_is_offered(registration)
    return _letter(registration, "Thank you for taking part", "after", offered=offer)


@mail.kind(kinds.ASK_CAPACITY, "In which capacity they took part", because=TOOK_PART)
def ask_capacity(message: Message) -> Letter | None:
    """For somebody who was not sure: what is owed depends on it."""
    registration = _registration(message)
    offer = what_is_offered(registration)
    if registration.state != State.ATTENDED or offer.how != How.IF_PERSONAL:
        return None
    page = addresses.full_reverse("correct_capacity", registration.pk)
    letter = _letter(
        registration, "How did you take part?", "ask_capacity", correct=page, offered=offer
    )
    return letter and replace(letter, staff_page="events_registration_capacity")


@mail.kind(kinds.MOVED, "Session moved")
def moved(message: Message) -> Letter | None:
    """Only of the newest move: one before it is no longer true."""
    registration = _still(message, State.CONFIRMED, State.WAITING, State.OFFERED)
    if registration is None or not message.is_newest:
        return None
    if registration.state == State.OFFERED and not registration.offer_is_open:
        return None
    method = "REQUEST" if registration.state == State.CONFIRMED else ""
    return _letter(registration, "A session has moved", "moved", calendar_method=method)


@mail.kind(kinds.CANCELLED, "Session cancelled")
def cancelled(message: Message) -> Letter | None:
    registration = _registration(message)
    is_cancelled = registration.session.shown_state == Session.State.CANCELLED
    if not is_cancelled or not registration.is_live:
        return None
    method = "CANCEL" if registration.state == State.CONFIRMED else ""
    return _letter(registration, "A session is cancelled", "cancelled", calendar_method=method)


@mail.kind(
    kinds.COMPANION_NEWS, "Moved or cancelled, for somebody who comes along", because=GAVE_ADDRESS
)
def companion_news(message: Message) -> Letter | None:
    registration = _registration(message)
    if registration.companion_email != message.address or not registration.is_live:
        return None
    return _letter(registration, "A session has changed", "companion_news")


@mail.kind(
    kinds.NEEDS_NEWS,
    "News of what helps them take part",
    words_private_to="events.view_access_needs",
    logged_as="Looked at what helps them take part",
)
def needs_news(message: Message) -> Letter | None:
    """A mail says only that there is news.

    What helps a person is told on their own page, by phone or by post.
    """
    registration = _still(message, *LIVE)
    if registration is None or message.channel == Message.Channel.EMAIL:
        return _letter(registration, "News about what you asked us for", "needs_news")
    needs = list(registration.needs.filter(state__in=NEEDS_TOLD))
    return (
        _letter(registration, "News about what you asked us for", "needs_news", needs=needs)
        if needs
        else None
    )
