"""UK phone numbers: read as people write them, kept encrypted, found by the exact number only."""

import hashlib
import hmac
import re

import phonenumbers
from django.conf import settings
from phonenumbers import PhoneNumberFormat

# A UK number after its 0 (Ofcom's National Telephone Numbering Plan): ten digits, of some places
# and of free numbers nine. A mobile number with a digit too few is none.
NATIONAL = re.compile(r"[1-9]\d{9}|[158]\d{8}")
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
        national = phonenumbers.national_significant_number(number)
        good = NATIONAL.fullmatch(national) is not None
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
