"""What no server that people use may start with, each refused by name and with what to do.

The sentences quote no value: most of them hold a password.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from email.utils import parseaddr
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from psycopg2 import ProgrammingError
from psycopg2.extensions import parse_dsn

SHORTEST_SECRET = 50  # characters, as Django's own deploy check asks
# What `make run` uses (dev/servers.py): public, so worth nothing anywhere else.
DEVELOPMENT_SECRET = "development-only-"
DEVELOPMENT_KEY = "ZGV2ZWxvcG1lbnQtb25seS1ub3QtYS1zZWNyZXQtISE="
HERE = {"localhost", "127.0.0.1", "::1"}
A_HOST = re.compile(r"[a-z0-9.-]+|[a-f0-9:.]*:[a-f0-9:.]+")  # as Django takes them
A_KEY_ID = re.compile(r"[A-Za-z0-9_.-]+")
KEY_BYTES = 32  # of a Fernet key, in base64
MAIL_SERVERS = {"smtp", "smtps", "smtp+tls", "smtp+ssl"}
NO_SERVERS = {"consolemail", "filemail", "memorymail", "dummymail"}  # for a try
BROKERS = {"redis", "rediss", "redis+socket"}
LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}
MAKE_A_SECRET = (
    'Make one: python -c "import secrets; print(secrets.token_urlsafe(50))", and write it in.'
)
MAKE_A_KEY = (
    'Make one: python -c "from cryptography.fernet import Fernet; '
    'print(Fernet.generate_key().decode())", and write it as id:key, for example 2026:…'
)
IN_A_PASSWORD = "In a password write %40 for @, %2F for /, %3A for :, %23 for # and %25 for %."


class Number(NamedTuple):
    """What a whole number is where it is not set, and between which bounds it lies."""

    default: int
    least: int
    most: int


NUMBERS = {
    "PORT": Number(8000, 1, 65535),
    "WEB_WORKERS": Number(2, 1, 200),
    "WEB_THREADS": Number(2, 1, 200),
    "WORKERS": Number(2, 1, 200),
    "TRUSTED_PROXIES": Number(0, 0, 10),
    "BACKUP_DAYS": Number(30, 1, 3650),
}


def refusals(found: Mapping[str, str], *, debug: bool = False) -> Iterator[str]:
    """Sentences that say which variables of this environment cannot stay as they are.

    In a demonstration (DEBUG) the well-known keys may stay, and addresses without https.
    """
    secret = found.get("SECRET_KEY", "").strip()
    rows = [row.strip() for row in found.get("FIELD_KEYS", "").split(",") if row.strip()]
    site_url = found.get("SITE_URL", "").strip()
    yield from _of_secret(secret, debug)
    yield from of_field_keys(rows)
    if not debug and any(row.endswith(DEVELOPMENT_KEY) for row in rows):
        yield "FIELD_KEYS holds a key of development, which everybody knows. Make another."
    yield from _of_site(site_url, debug)
    yield from _of_database(found.get("DATABASE_URL", ""))
    yield from _of_broker(found.get("REDIS_URL", ""))
    yield from _of_mail(found.get("EMAIL_URL", ""))
    yield from _of_sender(found.get("FROM_EMAIL", ""))
    yield from _of_bounces(found.get("BOUNCES_URL", ""))
    yield from _of_numbers(found)
    if (level := found.get("LOG_LEVEL")) and level not in LEVELS:
        yield f"LOG_LEVEL must be one of {', '.join(sorted(LEVELS))}."


def number(name: str, found: Mapping[str, str]) -> int:
    """The whole number that is set; the default where none is, or where it is refused anyway."""
    known = NUMBERS[name]
    text = found.get(name, "").strip()
    return int(text) if text and _is_within(text, known) else known.default


def _is_within(text: str, known: Number) -> bool:
    return text.isascii() and text.isdecimal() and known.least <= int(text) <= known.most


def _of_secret(secret: str, debug: bool) -> Iterator[str]:
    if not secret:
        yield f"SECRET_KEY is not set. {MAKE_A_SECRET}"
    elif secret.startswith("$"):
        yield f"SECRET_KEY must not begin with $, which names another variable. {MAKE_A_SECRET}"
    elif debug:
        return
    elif secret.startswith(DEVELOPMENT_SECRET):
        yield f"SECRET_KEY is the one of development, which everybody knows. {MAKE_A_SECRET}"
    elif len(secret) < SHORTEST_SECRET:
        yield f"SECRET_KEY is shorter than {SHORTEST_SECRET} characters. {MAKE_A_SECRET}"


def of_field_keys(rows: Sequence[str]) -> Iterator[str]:
    """What is wrong with the keys that encrypt, each "id:key"."""
    if not rows:
        yield f"FIELD_KEYS is not set. {MAKE_A_KEY}"
    pairs = [row.partition(":") for row in rows]
    for number_, (key_id, colon, key) in enumerate(pairs, start=1):
        if not colon or not A_KEY_ID.fullmatch(key_id):
            yield (
                f"FIELD_KEYS: key {number_} has no id of letters, digits, - or _ before a colon. "
                "Write it as id:key, for example 2026:…"
            )
        elif not _is_key(key):
            yield f"FIELD_KEYS: what stands after {key_id}: is no Fernet key. {MAKE_A_KEY}"
    ids = [key_id for key_id, _, _ in pairs if key_id]
    for key_id in sorted({key_id for key_id in ids if ids.count(key_id) > 1}):
        yield f"FIELD_KEYS names two keys {key_id}. Give the newer one an id of its own."


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text.encode(), altchars=b"-_", validate=True)) == KEY_BYTES
    except (binascii.Error, UnicodeEncodeError):
        return False


def _of_site(url: str, debug: bool) -> Iterator[str]:
    parts = _parts(url)
    host = (parts.hostname or "") if parts else ""
    if not url:
        yield "SITE_URL is not set. Write the public address: https://example.org"
    elif not parts or not A_HOST.fullmatch(host):
        yield (
            "SITE_URL is no address of a site. Write it as https://example.org, and signs that are "
            "not a to z as in xn--bcher-kva.example."
        )
    elif parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        yield "SITE_URL must end after the host: pages cannot live below a path. Take the rest off."
    elif parts.scheme not in {"http", "https"} or (
        parts.scheme == "http" and not debug and not _is_here(host)
    ):
        yield "SITE_URL must begin with https://, as people send private things (but on localhost)."


def _is_here(host: str) -> bool:
    return host in HERE or host.endswith(".localhost")


def _of_database(url: str) -> Iterator[str]:
    wanted = "postgresql://user:password@host:5432/name"
    if not url:
        yield f"DATABASE_URL is not set. Write the address of PostgreSQL: {wanted}"
        return
    try:
        found = parse_dsn(url)
    except ProgrammingError:
        found = {}
    ports = found.get("port", "").split(",")
    name = found.get("dbname") or found.get("service") or ""
    if not name or set(name) & set("/@:") or not all(map(_is_port, ports)):
        yield f"DATABASE_URL is no address of a database. Write {wanted}. {IN_A_PASSWORD}"


def _of_broker(url: str) -> Iterator[str]:
    wanted = "redis://host:6379/0"
    if not url:
        yield f"REDIS_URL is not set. Write the address of Redis or Valkey: {wanted}"
        return
    parts = _parts(url)
    known = parts is not None and parts.scheme in BROKERS
    database = parts.path.strip("/") if parts else ""
    if not known or (parts and parts.scheme != "redis+socket" and database.strip("0123456789")):
        yield f"REDIS_URL is no address of Redis or Valkey. Write {wanted}. {IN_A_PASSWORD}"


def _of_mail(url: str) -> Iterator[str]:
    wanted = "smtp+tls://user:password@mail.example.org:587"
    if not url:
        yield f"EMAIL_URL is not set. Write the address of a mail server: {wanted}"
        return
    parts = _parts(url)
    if parts and parts.scheme in NO_SERVERS:
        return
    if not parts or parts.scheme not in MAIL_SERVERS or not parts.hostname or _rest(parts):
        yield f"EMAIL_URL is no address of a mail server. Write {wanted}. {IN_A_PASSWORD}"


def _of_bounces(url: str) -> Iterator[str]:
    parts = _parts(url)
    is_whole = parts and parts.scheme == "imaps" and parts.hostname and parts.username
    if url and not (is_whole and parts and parts.password and not parts.fragment):
        wanted = "imaps://user:password@mail.example.org/INBOX"
        yield f"BOUNCES_URL is no address of a mailbox. Write {wanted}. {IN_A_PASSWORD}"


def _rest(parts: SplitResult) -> bool:
    return bool(parts.path.strip("/") or parts.fragment)


def _of_sender(address: str) -> Iterator[str]:
    _, found = parseaddr(address)
    name, _, domain = found.rpartition("@")
    if not name or not domain or "\n" in address:
        yield "FROM_EMAIL must be the address from which mail comes, for example hello@example.org"


def _of_numbers(found: Mapping[str, str]) -> Iterator[str]:
    for name, known in NUMBERS.items():
        text = found.get(name, "").strip()
        if text and not _is_within(text, known):
            yield f"{name} must be a whole number from {known.least} to {known.most}."


def _parts(url: str) -> SplitResult | None:
    """The parts of an address; None where it has a space, or no number for a port."""
    try:
        parts = urlsplit(url)
        is_good = not re.search(r"\s", url) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return parts if is_good else None


def _is_port(text: str) -> bool:
    return not text or (text.isascii() and text.isdecimal() and 0 < int(text) < 65536)
