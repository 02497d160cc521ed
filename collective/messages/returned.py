"""What a mail that came back says: of which of ours it is, to whom it went, and whether for good.

Delivery status notifications (RFC 3464) say it in words for machines. Those of servers that do not
follow it are read by flufl.bounce (decision 32).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_string
from email.message import Message as Mail

from flufl.bounce import all_failures

# Who was written to is not there any more, or takes no mail (RFC 3463, 3.2 and 3.3).
GONE = re.compile(r"5\.(1\.(0|1|2|3|6|10)|2\.1)$")
GONE_WORDS = "This address does not work"
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
# As `new_message_id` makes them: what cannot be guessed, so nobody else can name it.
OURS = re.compile(rb"<[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}@[A-Za-z0-9.:\[\]-]{1,253}>")


@dataclass(frozen=True)
class Returned:
    """One mail that came back for good."""

    message_ids: set[str]  # that it names, of a form that is ours
    addresses: set[str]  # to which it did not go
    codes: set[str] = field(default_factory=set)  # enhanced status codes (RFC 3463)

    @property
    def address_is_gone(self) -> bool:
        """Is it the address that does not work, and not the mail, or a server that was away?"""
        return not self.codes or any(GONE.match(code) for code in self.codes)

    @property
    def words(self) -> str:
        """Why, for staff, without any word of the other server's: it may name somebody."""
        code = f" ({min(self.codes)})" if self.codes else ""
        if self.address_is_gone:
            return f"{GONE_WORDS}: the mail came back{code}."
        return f"The mail came back, and not because of the address{code}."


def read(raw: bytes) -> Returned | None:
    """What it says; None where it is no mail that came back for good, as one that is only late.

    Some servers write signs into headers that do not belong there (RFC 5322, 2.2): each is read as
    an unknown one. May raise any error where a mail is broken in other ways.
    """
    mail = message_from_string(raw.decode("utf-8", "replace"))
    _, failed = all_failures(mail)
    if not failed:
        return None
    addresses = {address.decode("ascii", "ignore").lower() for address in failed}
    return Returned(set(_message_ids(raw)), addresses, set(_codes(mail)))


def _message_ids(raw: bytes) -> Iterator[str]:
    """From the mail inside, from its headers alone, or from what answers it (RFC 5322, 3.6.4)."""
    for found in OURS.findall(raw):
        yield found.decode("ascii")


def _codes(mail: Mail) -> Iterator[str]:
    """The status of each recipient whose delivery failed."""
    for part in mail.walk():
        blocks = part.get_payload()
        if part.get_content_type() != "message/delivery-status" or not isinstance(blocks, list):
            continue
        for block in blocks:
            if not isinstance(block, Mail):
                continue
            has_failed = str(block.get("Action", "")).lower().startswith(("fail", "error"))
            code = STATUS.search(str(block.get("Status", "")))
            if has_failed and code:
                yield code.group()
