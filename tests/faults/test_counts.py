"""The processes of a web server count together, also those that have ended."""

import os
import re
import signal
import subprocess
import threading

import pytest

from tests import processes

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
REQUESTS = 40


def counted(client):
    """How many requests to the first page all processes have seen."""
    found = re.search(
        r'seconds_count{method="GET",route="home",status="200"} (\S+)', client.get("/metrics")
    )
    return float(found.group(1)) if found else 0


def children(address):
    """The processes of the web server at this address."""
    port = address.rpartition(":")[2]
    found = subprocess.run(
        ["pgrep", "-f", "gunicorn collective.wsgi"], capture_output=True, text=True
    )
    ours = [int(pid) for pid in found.stdout.split() if f"PORT={port}\0" in environ(pid)]
    return [pid for pid in ours if any(str(other) == parent(pid) for other in ours)]


def environ(pid):
    try:
        return open(f"/proc/{pid}/environ").read()
    except OSError:
        return ""


def parent(pid):
    return open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1]


def test_what_a_process_counted_stays_when_it_is_replaced(community):
    with processes.MailServer() as server:
        env = processes.environment(server.port, WEB_WORKERS="2")
        with processes.web(env) as address:
            client = processes.Client(address)
            for _ in range(REQUESTS):
                processes.Client(address).get("/")
            before = counted(client)
            killed = children(address)
            for pid in killed:
                os.kill(pid, signal.SIGTERM)
            threading.Event().wait(3)
            after = counted(client)

    assert (len(killed), before, after) == (2, REQUESTS, REQUESTS)
