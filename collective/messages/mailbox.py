"""The mailbox to which our mail comes back, by IMAP (RFC 3501, 9051). Nothing of it is copied."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

PORT = 993
PATIENCE = 20  # seconds for an answer
MOST_BYTES = 200_000  # of one mail: what matters stands in the first of them
# Only what mail servers write is looked at: letters from people stay as they are, unread.
FROM_SERVERS = (
    "UNSEEN (OR HEADER Content-Type delivery-status (OR FROM mailer-daemon FROM postmaster))"
)


class Mailbox:
    """A folder that is open."""

    def __init__(self, connection: imaplib.IMAP4_SSL) -> None:
        self.connection = connection

    def from_servers(self, most: int) -> list[str]:
        """The keys of mails by servers that nobody has looked at, the oldest first."""
        (found,) = self._asked("SEARCH", FROM_SERVERS)
        return (found or b"").decode("ascii").split()[:most]

    def read(self, uid: str) -> bytes:
        """The beginning of one mail; it stays as it is, not yet seen."""
        answer = self._asked("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
        return next((row[1] for row in answer if isinstance(row, tuple)), b"")

    def mark_seen(self, uid: str) -> None:
        self._asked("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")

    def delete(self, uid: str) -> None:
        """Delete this mail and no other; a server without UIDPLUS (RFC 4315) only marks it."""
        self._asked("STORE", uid, "+FLAGS.SILENT", r"(\Seen \Deleted)")
        _, (can,) = self.connection.capability()  # some say more once somebody has signed in
        if b"UIDPLUS" in can.upper().split():
            self._asked("EXPUNGE", uid)

    def _asked(self, command: str, *arguments: str) -> list[Any]:
        status, answer = self.connection.uid(command, *arguments)
        if status != "OK":
            raise imaplib.IMAP4.error(f"{command} was not done")
        return answer


@contextmanager
def opened(url: str) -> Iterator[Mailbox]:
    """The folder of this address, imaps://user:password@host/folder; the inbox where none is named.

    Raises OSError or imaplib.IMAP4.error, neither with a password in its words.
    """
    parts = urlsplit(url)
    with imaplib.IMAP4_SSL(
        parts.hostname or "",
        parts.port or PORT,
        ssl_context=ssl.create_default_context(),
        timeout=PATIENCE,
    ) as connection:
        connection.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        status, _ = connection.select('"' + re.sub(r'(["\\])', r"\\\1", folder) + '"')
        if status != "OK":
            raise imaplib.IMAP4.error("There is no such folder")
        yield Mailbox(connection)
