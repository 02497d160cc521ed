"""Fifty visitors who send or read slowly keep nobody else waiting, and what is too large is kept
nowhere: shown with the real web server.
"""

import http.client
import socket
import time
import urllib.error
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import psutil
import pytest

from portal import server
from tests import processes
from tests.factories import CommunityFactory, SessionFactory

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
SLOW, OTHERS = 50, 20
HALF_A_HEAD = "GET / HTTP/1.1\r\nHost: {host}\r\nAccept: text"
HALF_A_BODY = (
    "POST /accounts/login/ HTTP/1.1\r\nHost: {host}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\nemail=a"
)
NEVER_READ = "GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"
WITHOUT = "--worker-class gthread"


@contextmanager
def slow_visitors(address, sent):
    """So many connections on which this was sent, and nothing more happens."""
    host = urlsplit(address).netloc
    with ExitStack() as open_ones:
        for _ in range(SLOW):
            link = open_ones.enter_context(socket.socket())
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            link.connect(("127.0.0.1", int(host.split(":")[1])))
            link.sendall(sent.format(host=host).encode())
        yield


def longest_wait(address, timeout=10):
    """How long the slowest of twenty other visitors waits for the first page, in seconds."""
    waits = []
    for _ in range(OTHERS):
        began = time.monotonic()
        processes.Client(address, timeout=timeout).get("/")
        waits.append(time.monotonic() - began)
    return max(waits)


@pytest.fixture
def site():
    CommunityFactory()
    SessionFactory()
    return processes.environment(9)


@pytest.mark.parametrize("sent", [HALF_A_HEAD, HALF_A_BODY, NEVER_READ])
def test_fifty_slow_visitors_keep_nobody_waiting(site, sent):
    with processes.web(site) as address:
        longest_wait(address)  # the first page of each process costs more
        with slow_visitors(address, sent):
            waited = longest_wait(address)

    assert waited < 2


@pytest.mark.parametrize("sent", [HALF_A_HEAD, HALF_A_BODY])
def test_negative_control_threads_that_read_from_visitors_are_all_taken(site, sent):
    impatient = pytest.raises((TimeoutError, urllib.error.URLError))
    with processes.web(site, GUNICORN_CMD_ARGS=WITHOUT) as address:  # noqa: SIM117 one by one
        with slow_visitors(address, sent), impatient:
            longest_wait(address, timeout=3)


def post(address, path, body, headers=None):
    """(status, words) of a body that is sent in pieces."""
    link = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    link.request("POST", path, body, {**form, **(headers or {})})
    answer = link.getresponse()
    words = answer.read().decode()
    link.close()
    return answer.status, words


def memory_of(address):
    """What the server's processes have in memory, in bytes."""
    port = urlsplit(address).port
    found = [
        psutil.Process(row.pid)
        for row in psutil.net_connections("tcp")
        if row.laddr.port == port and row.status == psutil.CONN_LISTEN and row.pid
    ]
    return sum(process.memory_info().rss for process in set(found))


def test_of_fifty_megabytes_to_the_sign_in_form_nothing_is_kept(site):
    with processes.web(site) as address:
        longest_wait(address)
        before = memory_of(address)

        status, words = post(address, "/accounts/login/", b"email=" + b"x" * 50_000_000)

        assert (status, "more than this page can take" in words) == (413, True)
        assert memory_of(address) - before < 10_000_000


@pytest.mark.parametrize("size", [30_000, 720_000])
def test_headers_of_many_kilobytes_are_refused(site, size):
    with processes.web(site) as address:
        status, _ = post(
            address, "/", b"", {f"X-{number}": "x" * 3000 for number in range(size // 3000)}
        )

    assert status == 431


def test_request_that_comes_too_slowly_ends():
    request = server.Request(adj=None)
    assert not request.is_too_slow

    request.began -= server.PATIENCE + 1
    assert request.is_too_slow

    request.body_bytes_received = 100_000
    assert not request.is_too_slow


def test_stopped_server_finishes_what_it_began(site):
    with processes.web(site) as address:
        link = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
        link.request("GET", "/")
        answer = link.getresponse()
        assert answer.status == 200 and answer.read()
