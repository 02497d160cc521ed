"""What the messages about sessions say: one small function a kind, one template a message."""

from collective import addresses, mail
from collective.mail import Letter
from events import calendar
from events.models import Registration

State = Registration.State


def _letter(message, subject, template, *, states, calendar_method="", stop=""):
    """A letter about a registration, or None if it is no longer in one of these states."""
    registration = Registration.objects.select_related("session__call", "person").get(pk=message.about)
    if registration.state not in states or registration.session.standing == "cancelled":
        return None
    attachments = []
    if calendar_method and registration.session.length:
        attachments = [("session.ics", calendar.invitation(registration, calendar_method), "text/calendar")]
    return Letter(
        subject, f"events/email/{template}.html", {**links(registration), "stop": stop},
        to=message.address or registration.person.email, attachments=attachments, one_click_stop=stop,
    )  # fmt: skip


def links(registration):
    """The registration, its session, and addresses that open this one registration without signing in."""
    key = {"key_purpose": "registration", "pk": registration.pk}
    return {
        "registration": registration,
        "session": registration.session,
        "support": addresses.full_reverse("page", "support"),
        "page": addresses.full_reverse("registration", registration.pk, **key),
        "give_up": addresses.full_reverse("give_up", registration.pk, **key),
        "offer": addresses.full_reverse("offer", registration.pk, **key),
    }


def _stop_reminders(person):
    return addresses.full_reverse("stop_reminders", person.pk, key_purpose="reminders", pk=person.pk)


@mail.kind("booked")
def booked(message):
    return _letter(
        message,
        "Your place is booked",
        "booked",
        states=[State.CONFIRMED, State.ATTENDED],
        calendar_method="REQUEST",
    )


@mail.kind("waiting")
def waiting(message):
    return _letter(message, "You are on the waiting list", "waiting", states=[State.WAITING])


@mail.kind("offered")
def offered(message):
    letter = _letter(message, "A place is free for you", "offered", states=[State.OFFERED])
    return letter if letter and letter.context["registration"].offer_is_open else None


@mail.kind("offer_lapsed")
def offer_lapsed(message):
    return _letter(message, "About the place we kept for you", "offer_lapsed", states=[State.CANCELLED])


@mail.kind("given_up")
def given_up(message):
    return _letter(message, "You are no longer booked", "given_up", states=[State.CANCELLED], calendar_method="CANCEL")


@mail.kind("joining")
def joining(message):
    return _letter(message, "How to join", "joining", states=[State.CONFIRMED, State.ATTENDED])


@mail.kind("joining_companion")
def joining_companion(message):
    letter = _letter(message, "How to join", "joining_companion", states=[State.CONFIRMED, State.ATTENDED])
    if letter and letter.context["registration"].companion_email == message.address:
        return letter
    return None


@mail.kind("reminder")
def reminder(message):
    if not message.person.wants_reminders:
        return None
    stop = _stop_reminders(message.person)
    return _letter(message, "A reminder from us", "reminder", states=[State.CONFIRMED], stop=stop)


@mail.kind("after")
def after(message):
    return _letter(message, "Thank you", "after", states=[State.CONFIRMED, State.ATTENDED])
