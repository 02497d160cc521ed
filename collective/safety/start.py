"""What no server that people use may start with, each refused by name."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

SHORTEST_SECRET = 50  # characters, as Django's own deploy check asks
# What `make run` uses (dev/servers.py): public, so worth nothing anywhere else.
DEVELOPMENT_SECRET = "development-only-"
DEVELOPMENT_KEY = "ZGV2ZWxvcG1lbnQtb25seS1ub3QtYS1zZWNyZXQtISE="
HERE = {"localhost", "127.0.0.1", "::1"}


def refusals(secret_key: str, field_keys: Sequence[str], site_url: str) -> Iterator[str]:
    """Sentences that say which variable cannot stay as it is, and what to do."""
    if secret_key.startswith(DEVELOPMENT_SECRET):
        yield "SECRET_KEY is the one of development, which everybody knows. Make your own."
    elif len(secret_key) < SHORTEST_SECRET:
        yield f"SECRET_KEY is shorter than {SHORTEST_SECRET} characters. Make a longer random one."
    if any(row.endswith(DEVELOPMENT_KEY) for row in field_keys):
        yield "FIELD_KEYS holds a key of development, which everybody knows. Make another."
    parts = urlsplit(site_url)
    host = parts.hostname or ""
    is_here = host in HERE or host.endswith(".localhost")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
        yield "SITE_URL must begin with https://, as people send private things (but on localhost)."
