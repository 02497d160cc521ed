"""Calendar files (RFC 5545, iTIP RFC 5546): a stable UID for each registration, SEQUENCE when the session changes."""

from datetime import UTC, timedelta

from django.conf import settings
from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from collective import addresses, clock
from collective.models import Community


def invitation(registration, method="REQUEST"):
    """The bytes of an .ics file that puts the session into a calendar, or with CANCEL takes it out."""
    calendar = Calendar()
    calendar.add("prodid", "-//Collective//sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(registration, method))
    return calendar.to_ical()


def _event(registration, method):
    session = registration.session
    event = Event()
    event.add("uid", f"{registration.pk}@{settings.ALLOWED_HOSTS[0]}")
    event.add("sequence", session.calendar_sequence + (method == "CANCEL"))
    event.add("dtstamp", clock.now().astimezone(UTC))
    event.add("dtstart", session.starts_at.astimezone(UTC))
    event.add("dtend", session.ends_at.astimezone(UTC))
    event.add("summary", session.neutral_name)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("location", session.address or ("Online" if not session.is_in_person else "To be confirmed"))
    event.add("url", addresses.full(registration.get_absolute_url()))
    event.add("description", "How to join is on your page: " + addresses.full(registration.get_absolute_url()))
    event["organizer"] = _organiser()
    if registration.person.email:
        event.add("attendee", _attendee(registration), encode=0)
    if method == "REQUEST":
        event.add_component(_alarm(session))
    return event


def _organiser():
    community = Community.current()
    organiser = vCalAddress(f"mailto:{community.reply_to or settings.DEFAULT_FROM_EMAIL}")
    organiser.params["cn"] = vText(community.name)
    return organiser


def _attendee(registration):
    attendee = vCalAddress(f"mailto:{registration.person.email}")
    attendee.params["partstat"] = vText("ACCEPTED")
    attendee.params["rsvp"] = vText("FALSE")
    return attendee


def _alarm(session):
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", session.neutral_name)
    alarm.add("trigger", timedelta(hours=-1))
    return alarm
