"""Print the first settings of an installation, with fresh keys, from what install.sh was told.

It needs nothing but Python itself, as nothing is installed yet.
"""

import base64
import os
import secrets
from datetime import UTC, datetime
from urllib.parse import quote


def mail_url(server: str, user: str, password: str) -> str:
    """The address of a mail server, as EMAIL_URL wants it; a whole one stays as it is."""
    if "://" in server:
        return server
    host, _, port = server.partition(":")
    port = port or "587"
    in_clear = not user and port != "587"  # a password never is
    scheme = "smtp+ssl" if port == "465" else "smtp" if in_clear else "smtp+tls"
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
    return f"{scheme}://{login}{host}:{port}"


def settings(told: dict[str, str]) -> dict[str, str]:
    """All that must be set, and what of the rest depends on this server."""
    key = base64.urlsafe_b64encode(os.urandom(32)).decode()
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": f"{datetime.now(UTC):k%Y%m%d}:{key}",
        "SITE_URL": told["SITE_URL"],
        "DATABASE_URL": told["DATABASE_URL"],
        "REDIS_URL": told["REDIS_URL"],
        "EMAIL_URL": mail_url(told["MAIL_SERVER"], told["MAIL_USER"], told["MAIL_PASSWORD"]),
        "FROM_EMAIL": told["FROM_EMAIL"],
        "MEDIA_ROOT": told["MEDIA_ROOT"],
        "PORT": told["PORT"],
        "BACKUP_TO": told["BACKUP_TO"],
        "ALIVE": told["ALIVE"],
    }


if __name__ == "__main__":
    print("# Settings of this installation. Every variable: .env.example of the same version.")
    for name, value in settings(dict(os.environ)).items():
        print(f"{name}={value}")
