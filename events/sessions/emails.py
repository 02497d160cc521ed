"""What the messages about sessions say: one small function a kind, one template a message."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from collective import clock
from collective.messages import addresses, mail
from collective.messages.mail import Letter
from events import calendar
from events.models import AccessNeed, Registration
from events.models.session import Session
from events.sessions import waiting_list

if TYPE_CHECKING:
    from collective.models import Message

State = Registration.State


def _letter(
    message: "Message",
    subject: str,
    template: str,
    *,
    states,
    calendar_method: str = "",
    stop: str = "",
) -> Letter | None:
    """A letter about a registration, or None if it is no longer in one of these states."""
    registration = _registration(message)
    if registration.state not in states or registration.session.shown_state == "cancelled":
        return None
    return _written(
        message, registration, subject, template, calendar_method=calendar_method, stop=stop
    )


def _registration(message: "Message") -> Registration:
    return Registration.objects.select_related("session__call", "person").get(pk=message.about)


def _is_newest(message: "Message") -> bool:
    """Was the person told nothing newer of this kind? An older move or offer is no longer true."""
    same = mail.Message.objects.filter(
        person=message.person, kind=message.kind, about=message.about
    )
    return not same.filter(pk__gt=message.pk).exists()


def _written(
    message: "Message",
    registration: Registration,
    subject: str,
    template: str,
    *,
    calendar_method: str = "",
    stop: str = "",
    **more,
) -> Letter:
    attachments = []
    if calendar_method and registration.session.length:
        attachments = [
            (
                "session.ics",
                calendar.invitation(calendar.of_registration(registration), calendar_method),
                "text/calendar",
            )
        ]
    return Letter(
        subject,
        f"events/sessions/email/{template}.html",
        {**links(registration), "stop": stop, **more},
        row=registration,
        attachments=attachments,
        one_click_stop=stop,
    )


def links(registration: Registration) -> dict[str, Registration | Session | datetime | str | None]:
    """The registration, its session, and addresses that open this one registration without signing
    in.
    """
    key = {"key_purpose": "registration", "pk": registration.pk}
    return {
        "registration": registration,
        "answer_by": registration.session.starts_at
        and waiting_list.offer_until(registration.session, clock.now()),
        "call": addresses.full(registration.session.call.get_absolute_url()),
        "needs_page": addresses.full(registration.get_absolute_url()) + "#what-helps",
        "session": registration.session,
        "support": addresses.full_reverse("page", "support"),
        "page": addresses.full_reverse("registration", registration.pk, **key),
        "give_up": addresses.full_reverse("give_up", registration.pk, **key),
        "offer": addresses.full_reverse("offer", registration.pk, **key),
    }


@mail.kind("booked", "Place booked")
def booked(message: "Message") -> Letter | None:
    return _letter(
        message,
        "Your place is booked",
        "booked",
        states=[State.CONFIRMED, State.ATTENDED],
        calendar_method="REQUEST",
    )


@mail.kind("waiting", "On the waiting list")
def waiting(message: "Message") -> Letter | None:
    return _letter(message, "You are on the waiting list", "waiting", states=[State.WAITING])


def _start_offer(message: "Message") -> None:
    waiting_list.start_offer(_registration(message))


def _hold_until_told(message: "Message") -> None:
    waiting_list.hold_until_told(_registration(message))


@mail.kind("offered", "Offer of a place", when_told=_start_offer, when_by_hand=_hold_until_told)
def offered(message: "Message") -> Letter | None:
    if not _is_newest(message):
        return None
    letter = _letter(message, "A place is free for you", "offered", states=[State.OFFERED])
    return letter if letter and letter.context["registration"].offer_is_open else None


@mail.kind("offer_taken_back", "Offer taken back")
def offer_taken_back(message: "Message") -> Letter | None:
    return _letter(
        message, "About the place we kept for you", "offer_taken_back", states=[State.WAITING]
    )


@mail.kind("offer_lapsed", "Offer lapsed")
def offer_lapsed(message: "Message") -> Letter | None:
    return _letter(
        message, "About the place we kept for you", "offer_lapsed", states=[State.CANCELLED]
    )


@mail.kind("given_up", "No longer booked")
def given_up(message: "Message") -> Letter | None:
    return _letter(
        message,
        "You are no longer booked",
        "given_up",
        states=[State.CANCELLED],
        calendar_method="CANCEL",
    )


@mail.kind("joining", "How to join")
def joining(message: "Message") -> Letter | None:
    return _letter(message, "How to join", "joining", states=[State.CONFIRMED, State.ATTENDED])


@mail.kind("joining_companion", "How to join, for who comes along")
def joining_companion(message: "Message") -> Letter | None:
    letter = _letter(
        message, "How to join", "joining_companion", states=[State.CONFIRMED, State.ATTENDED]
    )
    if letter and letter.context["registration"].companion_email == message.address:
        return letter
    return None


@mail.kind("reminder", "Reminder")
def reminder(message: "Message") -> Letter | None:
    if not message.person.wants_reminders:
        return None
    stop = addresses.stop_reminders(message.person)
    return _letter(message, "A reminder from us", "reminder", states=[State.CONFIRMED], stop=stop)


@mail.kind("after", "Thanks afterwards")
def after(message: "Message") -> Letter | None:
    return _letter(message, "Thank you", "after", states=[State.CONFIRMED, State.ATTENDED])


@mail.kind("ask_capacity", "In which capacity they took part")
def ask_capacity(message: "Message") -> Letter | None:
    """For who was not sure: what is owed depends on it."""
    registration = _registration(message)
    if registration.state != State.ATTENDED or not registration.is_unsure:
        return None
    page = addresses.full_reverse("correct_capacity", registration.pk)
    letter = _written(message, registration, "A question for you", "ask_capacity", correct=page)
    return replace(letter, staff_page="events_registration_capacity")


@mail.kind("moved", "Session moved")
def moved(message: "Message") -> Letter | None:
    """Only of the newest move: one before it is no longer true."""
    if not _is_newest(message):
        return None
    live = [State.CONFIRMED, State.WAITING, State.OFFERED]
    registration = _registration(message)
    method = "REQUEST" if registration.state == State.CONFIRMED else ""
    return _letter(message, "A session has moved", "moved", states=live, calendar_method=method)


@mail.kind("cancelled", "Session cancelled")
def cancelled(message: "Message") -> Letter | None:
    registration = _registration(message)
    if registration.session.shown_state != "cancelled" or not registration.is_live:
        return None
    method = "CANCEL" if registration.state == State.CONFIRMED else ""
    return _written(
        message, registration, "A session is cancelled", "cancelled", calendar_method=method
    )


@mail.kind("companion_news", "Moved or cancelled, for who comes along")
def companion_news(message: "Message") -> Letter | None:
    registration = _registration(message)
    if registration.companion_email != message.address or not registration.is_live:
        return None
    return _written(message, registration, "A session has changed", "companion_news")


@mail.kind(
    "needs_news",
    "News of what helps them take part",
    words_private_to="events.view_access_needs",
    logged_as="Looked at what helps them take part",
)
def needs_news(message: "Message") -> Letter | None:
    """A mail says only that there is news: what helps a person is told on their own page, by phone
    or by post.
    """
    letter = _letter(
        message,
        "News for you",
        "needs_news",
        states=[State.CONFIRMED, State.OFFERED, State.WAITING],
    )
    if letter and message.channel != message.Channel.EMAIL:
        told = [AccessNeed.State.ARRANGED, AccessNeed.State.CANNOT]
        letter.context["needs"] = list(
            AccessNeed.objects.filter(registration=message.about, state__in=told)
        )
        return letter if letter.context["needs"] else None
    return letter
