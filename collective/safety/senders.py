"""Whether mail from an address is believed: nobody but a provider may send for its free mail."""

from collections.abc import Iterable
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core import checks

# Each asks receivers (DMARC) to refuse or hide what its own servers did not send, or is known to.
FREE = {
    *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com"),
    *("live.co.uk", "msn.com", "yahoo.com", "yahoo.co.uk", "ymail.com", "rocketmail.com"),
    *("aol.com", "icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com", "gmx.com"),
    *("gmx.co.uk", "mail.com", "zoho.com", "btinternet.com", "sky.com", "virginmedia.com"),
    *("talktalk.net", "ntlworld.com", "tiscali.co.uk", "fastmail.com", "hey.com"),
}
OWN = {"smtp.gmail.com", "smtp-relay.gmail.com", "smtp.office365.com", "smtp-mail.outlook.com"}


def warnings(from_email: str, mail_server: str) -> list[str]:
    """Sentences that say why mail from there will not arrive, and what to do; none if it may."""
    domain = parseaddr(from_email)[1].rpartition("@")[2].lower()
    if domain not in FREE:
        return []
    if mail_server.lower() in OWN:
        return [
            f"FROM_EMAIL is at {domain}. It works for a few mails a day, and then the provider "
            "stops them. Use an address at a domain of your own."
        ]
    return [
        f"FROM_EMAIL is at {domain}, and only {domain} may send for it: most of your mail will be "
        "refused or land in spam. Use an address at a domain of your own (docs/running-it.md)."
    ]


def check_sender(app_configs: Iterable[Any] | None, **options: Any) -> list[checks.CheckMessage]:
    """What `manage.py check` says about the address that mail comes from."""
    said = warnings(settings.DEFAULT_FROM_EMAIL, settings.EMAIL_HOST)
    return [checks.Warning(sentence, id="collective.W001") for sentence in said]
