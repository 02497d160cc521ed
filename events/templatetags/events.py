"""How a conversation's time is said: in the person's own zone, and the UK's where they differ."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from collective import clock
from collective.clock import LONDON
from collective.models import Person
from collective.people import phones
from collective.templatetags.collective import clock_time, day
from events.models import Slot

register = template.Library()


def differs(moment: datetime, zone: ZoneInfo) -> bool:
    """Do clocks in this zone show another time than the UK's at that moment?"""
    return moment.astimezone(zone).utcoffset() != moment.astimezone(LONDON).utcoffset()


def zone_name(zone: ZoneInfo) -> str:
    """ "America/New_York" is "New York"."""
    return str(zone).rpartition("/")[2].replace("_", " ")


def _span(slot: Slot, zone: ZoneInfo) -> str:
    return (
        f"{day(slot.starts_at, zone)}, {clock_time(slot.starts_at, zone)} to "
        f"{clock_time(slot.ends_at, zone)}"
    )


@register.filter
def when_for(slot: Slot, person: Person) -> str:
    """ "Tuesday 3 March, 9am to 9:45am in New York (in the UK: Tuesday 3 March, 2pm to 2:45pm)"."""
    zone = getattr(person, "zone", LONDON)
    if not differs(slot.starts_at, zone):
        return f"{_span(slot, LONDON)}, UK time"
    return f"{_span(slot, zone)} in {zone_name(zone)} (in the UK: {_span(slot, LONDON)})"


@register.filter
def time_for(moment: datetime, person: Person) -> str:
    """ "9am (2pm in the UK)" for somebody who is elsewhere, else "2pm"."""
    zone = getattr(person, "zone", LONDON)
    words = clock_time(moment, zone)
    if not differs(moment, zone):
        return words
    other_day = moment.astimezone(zone).date() != moment.astimezone(LONDON).date()
    return f"{words} ({clock_time(moment)}{' on ' + day(moment) if other_day else ''} in the UK)"


register.filter("zone_label", zone_name)


@register.filter
def zone_words(zone: ZoneInfo) -> str:
    """The zone's name where it is not the UK's now, else nothing."""
    return zone_name(zone) if differs(clock.now(), zone) else ""


@register.filter
def weekday_words(day: date) -> str:
    """A date as people say it: "Tuesday 3 March", with the year where it is another one."""
    year = "" if day.year == clock.now().year else f" {day.year}"
    return f"{day:%A} {day.day} {day:%B}{year}"


@register.filter
def phone_link(number: str) -> SafeString:
    """One tap to ring it."""
    return format_html('<a href="tel:{}">{}</a>', number, phones.written(number))


@register.filter
def phone_words(number: str) -> str:
    """A number as people here write it."""
    return phones.written(number)
