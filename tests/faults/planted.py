"""Plants words wherever somebody can type or send one, and makes faults of many kinds with them."""

import re
import urllib.error
import urllib.request
from contextlib import suppress
from datetime import timedelta

from collective import clock
from collective.background import doorbell
from tests import processes
from tests.factories import PageFactory, PersonFactory, SessionFactory, sign_up

WORDS = ["zebrafish", "quaggas", "okapis", "tapirus"]
FAULTS = ["value", "key", "cause", "data", "integrity", "logged"]
FOUND = re.compile("|".join(WORDS), re.IGNORECASE)


def headers():
    """Words in all that a browser may send along."""
    names = (
        "User-Agent",
        "Referer",
        "Accept-Language",
        "X-Request-ID",
        "X-Forwarded-For",
        "Cookie",
    )
    return dict.fromkeys(names, f"theme={WORDS[1]}")


def ask(address, path, **more):
    """One request with words in query and headers; whatever it answers."""
    asked = urllib.request.Request(f"{address}{path}?q={WORDS[2]}&email={WORDS[2]}@example.org")
    for name, value in {**headers(), **more}.items():
        asked.add_header(name, value)
    with suppress(urllib.error.HTTPError):
        urllib.request.urlopen(asked, timeout=20).close()


def sign_in_with(address, fault):
    """The sign-in form, with a word in the address that is typed; it fails as that says."""
    client = processes.Client(address)
    client.get("/accounts/login/")
    with suppress(urllib.error.HTTPError):
        client.post(
            f"/accounts/login/?next=/{WORDS[2]}/", {"email": f"{fault}.{WORDS[0]}@example.org"}
        )


def everything(address, server):
    """All of it: faults in pages, refused headers, a mail refused, a task that fails."""
    PageFactory()
    for fault in FAULTS:
        sign_in_with(address, fault)
    ask(address, "/")
    ask(address, "/accounts/login/")
    ask(address, "/", Host=f"{WORDS[1]}.example")
    start = clock.now() + timedelta(days=20)
    session = SessionFactory(starts_at=start, ends_at=start + timedelta(hours=2))
    refused = PersonFactory(name=f"Jo {WORDS[3]}", email=f"refused.{WORDS[0]}@example.org")
    server.refuses[refused.email] = [f"550 5.1.1 <{refused.email}>: no {WORDS[3]} here"]
    sign_up(session, refused)
    broken = PersonFactory(name=f"Broken {WORDS[3]}", email=f"broken.{WORDS[0]}@example.org")
    sign_up(session, broken)
    sign_up(session, PersonFactory(email="marker@example.org"))
    doorbell.ring("collective.sweep")
    server.wait_for_mail_to("marker@example.org")
