"""UK phone numbers: read as people write them, kept encrypted, found by the exact number only."""

import hashlib
import hmac

import phonenumbers
from django.conf import settings
from phonenumbers import PhoneNumberFormat

# digits of a UK number after its 0 (Ofcom's National Telephone Numbering Plan)
NATIONAL_LENGTHS = {9, 10}
BRITISH = 44


def read(text: str) -> str | None:
    """The number in its one form (E.164), or None where this is no phone number.

    Ofcom's numbers for drama are taken too: they are in every demonstration, and libphonenumber
    calls them not valid.
    """
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        return None
    if number.extension:  # it would be lost, and we would reach a switchboard
        return None
    if number.country_code == BRITISH:
        good = len(phonenumbers.national_significant_number(number)) in NATIONAL_LENGTHS
    else:
        good = phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if good else None


def written(number: str | None) -> str:
    """As people here write it: 020 7946 0000; with the country where it is another one."""
    if not number:
        return ""
    parsed = phonenumbers.parse(number)
    british = parsed.country_code == BRITISH
    form = PhoneNumberFormat.NATIONAL if british else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def keyed_hash(number: str | None) -> str:
    """What the database can look for; worth nothing without our secret. "" for no number."""
    if not number:
        return ""
    return hmac.new(
        f"phone:{settings.SECRET_KEY}".encode(), number.encode(), hashlib.sha256
    ).hexdigest()
