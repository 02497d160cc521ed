"""Calendar files (RFC 5545, iTIP RFC 5546).

A UID that stays, and a SEQUENCE that rises with each change.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from collective import clock
from collective.messages import addresses
from collective.models import Community
from events.models import Conversation, Registration


@dataclass(frozen=True)
class Entry:
    """What goes into somebody's calendar: when, where, and their own page.

    Its name gives nothing away.
    """

    key: UUID  # of the registration or conversation: it makes the UID
    sequence: int
    starts_at: datetime
    ends_at: datetime
    name: str
    where: str
    page: str  # a whole address
    about: str
    email: str  # of the person whose calendar it is; "" for nobody's


def of_registration(registration: Registration) -> Entry:
    session, page = registration.session, addresses.full(registration.get_absolute_url())
    return Entry(
        key=registration.pk,
        sequence=session.calendar_sequence,
        starts_at=session.start,
        ends_at=session.end,
        name=session.neutral_name,
        where=session.address or ("To be confirmed" if session.is_in_person else "Online"),
        page=page,
        about="How to join is on your page: " + page,
        email=registration.person.email or "",
    )


def of_conversation(conversation: Conversation, *, for_host: bool = False) -> Entry:
    """No number, no topic and no name: calendars are shared."""
    host_page = addresses.full_reverse(
        "host_conversation", conversation.series.slug, conversation.pk
    )
    page = host_page if for_host else addresses.full(conversation.get_absolute_url())
    person = conversation.series.host if for_host else conversation.person
    return Entry(
        key=conversation.pk,
        sequence=conversation.calendar_sequence,
        starts_at=conversation.slot.starts_at,
        ends_at=conversation.slot.ends_at,
        name=conversation.series.neutral_name,
        where=conversation.get_how_display(),
        page=page,
        about="All of it is on your page: " + page,
        email=person.email or "",
    )


def invitation(entry: Entry, method: str = "REQUEST") -> bytes:
    """The bytes of an .ics file that puts it into a calendar, or with CANCEL takes it out."""
    calendar = Calendar()
    calendar.add("prodid", "-//Collective//sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(entry, method))
    return calendar.to_ical()


def _event(entry: Entry, method: str) -> Event:
    event = Event()
    for name, value in _facts(entry, method).items():
        event.add(name, value)
    event["organizer"] = _organiser()
    if entry.email:
        event.add("attendee", _attendee(entry.email), encode=False)
    if method == "REQUEST":
        event.add_component(_alarm(entry.name))
    return event


def _facts(entry: Entry, method: str) -> dict[str, str | int | datetime]:
    is_cancelled = method == "CANCEL"
    return {
        "uid": f"{entry.key}@{settings.ALLOWED_HOSTS[0]}",
        "sequence": entry.sequence + is_cancelled,
        "dtstamp": clock.now().astimezone(UTC),
        "dtstart": entry.starts_at.astimezone(UTC),
        "dtend": entry.ends_at.astimezone(UTC),
        "summary": entry.name,
        "status": "CANCELLED" if is_cancelled else "CONFIRMED",
        "location": entry.where,
        "url": entry.page,
        "description": entry.about,
    }


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
