"""Numbers to ring, and numbers to send a text to: what people are promised of each is so."""

import re

from django.core.exceptions import ValidationError

SIGNS = re.compile(r"[^\d+]")
LANDLINE = re.compile(r"(0|\+44|0044)[123]")  # Ofcom's National Telephone Numbering Plan
FOR_TEXTS_ONLY = re.compile(r"[678]\d{4,6}")  # short codes, as 85258: nobody can ring them


def digits(number: str) -> str:
    """The number as an address carries it: digits, and a plus before them."""
    return SIGNS.sub("", number)


def check_takes_texts(number: str) -> None:
    """Raise ValidationError for a landline: a text to it reaches nobody."""
    if LANDLINE.match(digits(number)):
        raise ValidationError(
            "This is a landline, which takes no texts. Give a mobile number, or leave it empty."
        )


def check_can_be_rung(number: str) -> None:
    """Raise ValidationError for a short number that only takes texts."""
    if FOR_TEXTS_ONLY.fullmatch(digits(number)):
        raise ValidationError(
            "Nobody can ring this short number. Put it under the number for texts."
        )
