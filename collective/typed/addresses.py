"""Email addresses: read as people type them, kept and looked for in one normal form.

The form is lower case, without signs that nobody sees, compatible letters as their plain ones
(Unicode, NFKC), and the domain in ASCII (IDNA 2008, RFC 5891). Two ways to type one mailbox are one
person so; what stands after a plus, a dot or an apostrophe belongs to the address.
"""

import re
import unicodedata

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from collective.errors import RuleError
from collective.typed import signs

MOST = 254  # RFC 5321, 4.5.3.1.3: a path of 256 characters with its two brackets
MOST_TYPED = 1000  # more is no address with a name before it
HOW = "Enter an email address in the correct format, like name@example.com."
# What the database asks of an address: ASCII without white space, lower case, one @.
NORMAL_FORM = r"^[!-?\[-~]+@[a-z0-9.-]+$"

LINE_BREAK = re.compile("[\n-\r\x1c-\x1e\x85\u2028\u2029]")
WITH_A_NAME = re.compile("[^<>@,;]*<([^<>]*)>")
AROUND_AT = re.compile(r"\s*@\s*")
DOTS = re.compile("[.\u3002\uff0e\uff61]")  # RFC 3490, 3.1


def read(typed: str) -> str:
    """The address in its normal form.

    A name before it, brackets, "mailto:" and a dot at its end are left out. Raises RuleError with
    what to do where it is no address that our mail can reach.
    """
    if len(typed) > MOST_TYPED:
        raise RuleError("This address is too long. Please check it.")
    text = _unwrapped(_plain(typed))
    _check_is_one(text)
    name, _, domain = text.partition("@")
    if not name.isascii():
        raise RuleError(
            f"“{_first_beyond_ascii(name)}” stands before the @, where our mail can only carry the "
            "letters a to z, digits and simple signs. Please check it, or call us."
        )
    return _checked(f"{name}@{_ascii(domain)}")


def clean_email(typed: str | None) -> str | None:
    """The normal form of an address, or None where nothing was typed. Raises RuleError as `read`"""
    return read(typed) if typed and not is_empty(typed) else None


def as_looked_for(text: str) -> str:
    """What to look for: the normal form, or, where this is no whole address, the plain text."""
    try:
        return read(text)
    except RuleError:
        return _plain(text[:MOST_TYPED])


def is_one(typed: str) -> bool:
    """Is this an address, typed where something else was asked for?"""
    try:
        read(typed)
    except RuleError:
        return False
    return True


def is_empty(typed: str) -> bool:
    """Was nothing typed that anybody can see?"""
    return not signs.without_hidden(typed).strip()


def _plain(typed: str) -> str:
    """Lower case, and each letter in its plain form; lowering can part a letter from its accent."""
    seen = signs.without_hidden(typed.strip())
    lowered = unicodedata.normalize("NFKC", seen).lower()
    return unicodedata.normalize("NFKC", lowered).strip()


def _unwrapped(text: str) -> str:
    """Without the name and brackets of a mail program; on one line only."""
    if LINE_BREAK.search(text):
        raise RuleError("Enter one address, on one line.")
    if named := WITH_A_NAME.fullmatch(text):
        text = named[1]
    return AROUND_AT.sub("@", text.removeprefix("mailto:")).strip()


def _check_is_one(text: str) -> None:
    """Raises RuleError for two addresses, none, or one with a space in it."""
    if "," in text or ";" in text or text.count("@") > 1:
        raise RuleError("Enter one address only, with one @ in it.")
    if "@" not in text:
        raise RuleError(HOW)
    if any(sign.isspace() for sign in text):
        raise RuleError("There is a space in this address. Please take it out.")


def _first_beyond_ascii(text: str) -> str:
    return next(sign for sign in text if not sign.isascii())


def _ascii(domain: str) -> str:
    """The domain in ASCII. Raises RuleError where there cannot be such a domain."""
    if domain.startswith("["):
        raise RuleError(HOW)
    try:
        return ".".join(_ascii_label(label) for label in DOTS.split(domain.removesuffix(".")))
    except idna.IDNAError as error:
        raise RuleError(
            "There is no such domain as the one after the @. Please check how it is written."
        ) from error


def _ascii_label(label: str) -> str:
    """One part of a domain. A part that is in ASCII already must stand for real letters."""
    if label.startswith("xn--"):
        label = idna.ulabel(label)
    return label if label.isascii() else idna.alabel(label).decode()


def _checked(address: str) -> str:
    """The address, if mail can go there. Raises RuleError if not."""
    if len(address) > MOST:
        raise RuleError("This address is too long. Please check it.")
    try:
        validate_email(address)
    except ValidationError as error:
        raise RuleError(HOW) from error
    return address
