"""Real processes for tests and benchmarks: a mail server that counts, a worker, a web server, a
plain client.
"""

import asyncio
import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from contextlib import contextmanager
from email import message_from_bytes

from aiosmtpd.controller import Controller
from django.db import connection

from dev import servers

PATIENCE = 90  # seconds until a test gives up waiting


class MailServer:
    """A real SMTP server that remembers what it said yes to.

    `slow` is how long each yes takes, in seconds.
    """

    def __init__(self, slow=0.0):
        self.slow, self.mails, self.changed = slow, [], threading.Condition()
        self.catching = self.caught = False
        # by address: what it answers, one after the other, before it says yes: to the recipient, to
        # the text
        self.refuses, self.fails = {}, {}
        self.refuses_us = ""  # what it answers to our sender, whoever the mail is for
        self.port = servers.free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.refuses_us:
            return self.refuses_us
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if replies := self.refuses.get(address):
            return replies.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if replies := self.fails.get(envelope.rcpt_tos[0]):
            return replies.pop(0)
        await asyncio.sleep(self.slow)
        if self.catching:
            self.catching = False
            with self.changed:
                self.caught = True
                self.changed.notify_all()
            await asyncio.sleep(1)
            return "451 the sender died before our yes"
        with self.changed:
            self.mails.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content)))
            self.changed.notify_all()
        return "250 kept"

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()

    @property
    def message_ids(self):
        """How often each Message-ID was received."""
        return Counter(mail["Message-ID"] for _, mail in self.mails)

    def wait_for(self, count):
        """Wait until so many different mails have come; returns whether they have."""
        with self.changed:
            return self.changed.wait_for(lambda: len(self.message_ids) >= count, PATIENCE)

    def catch_sender(self):
        """Wait until a sender stands between its claim and our yes, and keep it there for a
        second.
        """
        with self.changed:
            self.caught, self.catching = False, True
            return self.changed.wait_for(lambda: self.caught, PATIENCE)

    def wait_for_mail_to(self, address):
        """The first mail to this address, waited for."""
        with self.changed:
            assert self.changed.wait_for(
                lambda: any(to == address for to, _ in self.mails), PATIENCE
            )
            return next(mail for to, mail in self.mails if to == address)


class Gate:
    """A door before a mail server: who comes waits before the first word, until it is opened."""

    def __init__(self, port):
        self.inner, self.opened, self.came = port, threading.Event(), threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                outer, _ = self.listener.accept()
            except OSError:
                return
            self.came.set()
            self.opened.wait(PATIENCE)
            inner = socket.create_connection(("127.0.0.1", self.inner))
            for one, other in ((outer, inner), (inner, outer)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass_on(one, other):
        try:
            while data := one.recv(65536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            other.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.opened.set()
        self.listener.close()


def environment(mail_port, **more):
    """What a process of the product needs to work on this test's database."""
    settings = connection.settings_dict
    url = f"postgresql://{settings['USER']}@/{settings['NAME']}?host={urllib.parse.quote(settings['HOST'])}"
    if settings.get("PORT"):
        url += f"&port={settings['PORT']}"
    if settings.get("PASSWORD"):
        url += f"&password={urllib.parse.quote(settings['PASSWORD'])}"
    return {**os.environ, "DATABASE_URL": url, "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}", **more}


@contextmanager
def process(*command, env):
    """A process in a group of its own, killed -9 with all its children at the end.

    What it writes is added to the file LINES of its environment, if that is named.
    """
    lines = open(env["LINES_TO"], "ab") if "LINES_TO" in env else subprocess.DEVNULL  # noqa: SIM115 below
    nice = (
        ["nice", "-n", "10"] if command[0] == "celery" else []
    )  # as in `make run`: pages come first
    running = subprocess.Popen(
        [*nice, sys.executable, "-m", *command],
        env=env,
        cwd=servers.ROOT,
        start_new_session=True,
        stdout=lines,
        stderr=lines if not os.environ.get("SHOW") else None,
    )
    try:
        yield running
    finally:
        kill(running)


def kill(running):
    """Kill -9 the process and its children."""
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def stand_in(env):
    """The stand-in for worker and beat."""
    return process("manage", "sweep", "--stand-in", env=env)


def worker(env, app="collective"):
    options = ["--concurrency", "1", "--loglevel", "ERROR", "--without-gossip", "--without-mingle"]
    return process("celery", "-A", app, "--quiet", "worker", *options, env=env)


def beat(env):
    options = ["--loglevel", "ERROR", "--scheduler", "celery.beat.Scheduler"]
    return process("celery", "-A", "collective", "--quiet", "beat", *options, env=env)


@contextmanager
def web(env, wsgi="collective.wsgi", port=None, **more):
    """The real web server on a free port, or this one, once it answers; yields its address."""
    port = port or servers.free_port()
    address = f"http://localhost:{port}"
    with process(
        "gunicorn", wsgi, env={**env, "PORT": str(port), "SITE_URL": address, **more}
    ) as running:
        client = Client(address)
        for _ in range(400):
            assert running.poll() is None, "the web server did not start"
            if client.answers():
                break
        yield address


class Client:
    """A browser without JavaScript: cookies, forms, redirects."""

    def __init__(self, address, timeout=30):
        self.address, self.timeout, self.body = address, timeout, ""
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        self.url = address

    def answers(self):
        """Is somebody there? Waits a little for the answer, so that it can be asked in a loop."""
        try:
            self.opener.open(f"{self.address}/health/live", timeout=1).close()
        except (urllib.error.URLError, OSError):
            threading.Event().wait(0.1)
            return False
        return True

    def get(self, path):
        return self._read(urllib.request.Request(self.address + path))

    def post(self, path, fields=None):
        """Send a form from the page that was read last, with its token."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.body).group(1)
        data = urllib.parse.urlencode(
            {"csrfmiddlewaretoken": token, **(fields or {})}, doseq=True
        ).encode()
        return self._read(urllib.request.Request(self.address + path, data))

    def _read(self, request):
        with self.opener.open(request, timeout=self.timeout) as response:
            self.body, self.url = response.read().decode(), response.url
        return self.body
