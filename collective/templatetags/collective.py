"""Filters for how we say times, money and places. Loaded everywhere (settings' `builtins`)."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django import template
from django.forms import BaseForm
from django.utils import timezone
from django.utils.html import format_html, urlize
from django.utils.safestring import SafeString, mark_safe

from collective import clock
from collective.messages.addresses import full
from collective.models import Person
from collective.safety.markup import rich_text
from collective.typed import numbers

register = template.Library()
register.filter("rich_text", rich_text)
register.filter("full_address", full)

PHONE = re.compile(r"(?<![\w/=.:@+])0\d(?: ?\d){8,9}(?!\w)")
TO_TEXT = re.compile(r"\btext(?: us| me| to| on)* $", re.IGNORECASE)  # before a number
SMALL_NUMBERS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
]
ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
]


@register.filter
def clock_time(moment: datetime | None, zone: ZoneInfo | None = None) -> str:
    """A time as people say it: "2pm", "3:30pm", "midday" (GOV.UK style guide); "" for none.

    UK time, unless another zone is given.
    """
    if moment is None:
        return ""
    local = timezone.localtime(moment, zone)
    if (local.hour, local.minute) in {(0, 0), (12, 0)}:
        return "midnight" if local.hour == 0 else "midday"
    minutes = f":{local:%M}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"


@register.filter
def day(moment: datetime | None, zone: ZoneInfo | None = None) -> str:
    """A day in words: "Thursday 6 October", with its year where that is another; "" for none."""
    if moment is None:
        return ""
    local = timezone.localtime(moment, zone)
    year = "" if local.year == timezone.localtime(clock.now()).year else f" {local.year}"
    return f"{local:%A} {local.day} {local:%B}{year}"


@register.filter
def long_day(on: date | None) -> str:
    """A date with its year, as it stands on paper: "6 October 2026"; "" for none."""
    return f"{on.day} {on:%B} {on.year}" if on else ""


@register.filter
def pounds(pence: int | None) -> str:
    """7500 is "£75", 2550 is "£25.50"; nothing is ""."""
    if pence is None:
        return ""
    return f"£{pence // 100:,}" if pence % 100 == 0 else f"£{pence / 100:,.2f}"


@register.filter
def ordinal_words(number: int) -> str:
    """1 is "first"; past ten, "11th", "22nd"."""
    if 1 <= number <= len(ORDINALS):
        return ORDINALS[number - 1]
    ending = (
        "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    )
    return f"{number}{ending}"


@register.filter
def number_words(number: int) -> str:
    """Whole numbers up to ten in words."""
    return SMALL_NUMBERS[number] if 0 <= number < len(SMALL_NUMBERS) else str(number)


@register.filter
def length_words(span: timedelta) -> str:
    """A duration in words: "2 hours", "1 hour 30 minutes", "48 hours"."""
    minutes = int(span.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} hour{'' if hours == 1 else 's'}"] if hours else []
    parts += [f"{rest} minute{'' if rest == 1 else 's'}"] if rest or not hours else []
    return " ".join(parts)


@register.filter
def named(somebody: object) -> SafeString:
    """A name that stands by itself: one written from right to left turns no word beside it."""
    return format_html("<bdi>{}</bdi>", somebody) if somebody else SafeString("")


@register.filter
def who(person: Person) -> SafeString:
    """For staff: the name, and what tells this person from others of the same name."""
    return format_html('{} <small class="who">{}</small>', named(person), person.told_apart_by)


@register.filter
def how_told(person: Person) -> str:
    """How we tell somebody things, after "we": by mail, a call or a letter."""
    if person.is_told_by_hand:
        return "ring you" if person.reach_by == Person.ReachBy.PHONE else "send you a letter"
    return f"write to you at {person.mail_address}"


@register.filter
def has_limits(form: object) -> bool:
    """Has the form a box for a text of limited length, with which a script helps?"""
    fields = form.fields.values() if isinstance(form, BaseForm) else ()
    return any("data-limit" in field.widget.attrs for field in fields)


@register.filter
def contact_links(text: str) -> SafeString:
    """Links for the addresses and UK phone numbers that a text names."""

    def link(found: re.Match[str]) -> str:
        writes = TO_TEXT.search(found.string[: found.start()])
        return sms(found.group()) if writes else tel(found.group())

    return mark_safe(PHONE.sub(link, urlize(text, autoescape=True)))


@register.filter
def tel(phone: str) -> SafeString:
    """A link to ring a number."""
    number = numbers.digits(phone)
    return format_html('<a href="tel:{}">{}</a>', number, phone.replace(" ", "\u00a0"))


@register.filter
def sms(phone: str, word: str = "") -> SafeString:
    """A link to write a text to a number (RFC 5724), with this word in it already."""
    body = f"?body={quote(word)}" if word else ""
    address = numbers.digits(phone) + body
    return format_html('<a href="sms:{}">{}</a>', address, phone.replace(" ", "\u00a0"))


@register.filter
def dictkey(dictionary: dict[str, Any], key: str) -> Any:
    """The value of a key that is more than one word."""
    return dictionary[key]
