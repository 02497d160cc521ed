"""Calendar files (RFC 5545, iTIP RFC 5546): a UID that stays, and SEQUENCE that rises with each
change.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from collective import clock
from collective.messages import addresses
from collective.models import Community

if TYPE_CHECKING:
    from events.models import Conversation, Registration


@dataclass(frozen=True)
class Entry:
    """What goes into somebody's calendar: a name that gives nothing away, where, when, and their
    own page.
    """

    key: object  # of the registration or conversation: it makes the UID
    sequence: int
    starts_at: datetime
    ends_at: datetime
    name: str
    where: str
    page: str  # a whole address
    about: str
    email: str  # of whose calendar it is; "" for nobody's


def of_registration(registration: "Registration") -> Entry:
    session, page = registration.session, addresses.full(registration.get_absolute_url())
    return Entry(
        registration.pk,
        session.calendar_sequence,
        session.starts_at,
        session.ends_at,
        session.neutral_name,
        session.address or ("To be confirmed" if session.is_in_person else "Online"),
        page,
        "How to join is on your page: " + page,
        registration.person.email or "",
    )


def of_conversation(conversation: "Conversation", *, for_host: bool = False) -> Entry:
    """No number, no topic and no name: calendars are shared."""
    host_page = addresses.full_reverse(
        "host_conversation", conversation.series.slug, conversation.pk
    )
    page = host_page if for_host else addresses.full(conversation.get_absolute_url())
    person = conversation.series.host if for_host else conversation.person
    return Entry(
        conversation.pk,
        conversation.calendar_sequence,
        conversation.slot.starts_at,
        conversation.slot.ends_at,
        conversation.series.neutral_name,
        conversation.get_how_display(),
        page,
        "All of it is on your page: " + page,
        person.email or "",
    )


def invitation(entry, method: str = "REQUEST") -> bytes:
    """The bytes of an .ics file that puts it into a calendar, or with CANCEL takes it out."""
    calendar = Calendar()
    calendar.add("prodid", "-//Collective//sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(entry, method))
    return calendar.to_ical()


def _event(entry, method: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.key}@{settings.ALLOWED_HOSTS[0]}")
    event.add("sequence", entry.sequence + (method == "CANCEL"))
    event.add("dtstamp", clock.now().astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", entry.name)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("location", entry.where)
    event.add("url", entry.page)
    event.add("description", entry.about)
    event["organizer"] = _organiser()
    if entry.email:
        event.add("attendee", _attendee(entry.email), encode=0)
    if method == "REQUEST":
        event.add_component(_alarm(entry.name))
    return event


def _organiser() -> vCalAddress:
    community = Community.current()
    organiser = vCalAddress(f"mailto:{community.reply_to or settings.DEFAULT_FROM_EMAIL}")
    organiser.params["cn"] = vText(community.name)
    return organiser


def _attendee(email: str) -> vCalAddress:
    attendee = vCalAddress(f"mailto:{email}")
    attendee.params["partstat"] = vText("ACCEPTED")
    attendee.params["rsvp"] = vText("FALSE")
    return attendee


def _alarm(name: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", name)
    alarm.add("trigger", timedelta(hours=-1))
    return alarm
