"""PostgreSQL killed -9 five times under load: what was acknowledged is there, pages answer 503 and
never anything wrong, and all is whole again within seconds.

The server is one of its own, as durable as a real one, in a folder of its own.
"""

import contextlib
import http.client
import os
import re
import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psutil
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from collective import clock
from collective.models import Person
from collective.settings import database
from dev import migrated, postgres, servers
from events.models import Registration
from tests import processes
from tests.factories import CommunityFactory, PersonFactory, SessionFactory
from tests.signed_in import browser_of

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
KILLS, PEOPLE, SESSIONS = 5, 6, 60
WHOLE_AGAIN = 5  # seconds after PostgreSQL is back
BETWEEN = 1.5  # seconds of load between two kills
ANSWERS = {"capacity": "personal", "coming_along": "nobody", "agree": "on"}
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture(scope="module")
def folder():
    """A PostgreSQL of this module's own, with every table."""
    with tempfile.TemporaryDirectory(dir=servers.LOCAL / "tests") as root:
        data = Path(root) / "data"
        server = postgres.join(data)
        env = {**os.environ, "DATABASE_URL": server.get_uri()}
        migrated.make_tables(env)
        yield data
        server.cleanup()


@pytest.fixture
def durable(folder, transactional_db):
    """This process speaks with that server, too."""
    before = dict(connection.settings_dict)
    connection.close()
    there = settings_of(postgres.join(folder).get_uri())
    connection.settings_dict.update(there)
    call_command("prepare")
    yield folder
    connection.close()
    connection.settings_dict.update(before)


def settings_of(url):
    found = database(url)
    return {name: found.get(name, "") for name in ("HOST", "PORT", "NAME", "USER", "PASSWORD")}


def kill(folder):
    """Kill -9 the server with all its children."""
    server = psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))
    for process in [server, *server.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs([server], timeout=5)


def start_again(folder):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            postgres.revive(folder)
        except postgres.NoServer:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("PostgreSQL did not start again")


class Browser:
    """One person's browser, with which they save and sign up for as long as they are asked to."""

    def __init__(self, address, person):
        self.at, self.person = urlsplit(address), person
        self.cookies = {settings.SESSION_COOKIE_NAME: browser_of(person).session.session_key}
        self.token, self.statuses = "", Counter()
        self.names, self.booked, self.good_at = [], [], []

    def ask(self, method, path, fields=None):
        """(status, where it leads, what it says)"""
        body = urlencode({"csrfmiddlewaretoken": self.token, **fields}) if fields else None
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        link = http.client.HTTPConnection(self.at.hostname, self.at.port, timeout=30)
        try:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            words = answer.read().decode()
        finally:
            link.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        self.statuses[answer.status] += 1
        if answer.status != 503:
            self.good_at.append(time.monotonic())
        return answer.status, answer.headers.get("Location", ""), words

    def open_form(self):
        self.token = TOKEN.search(self.ask("GET", "/me/name/")[2])[1]

    def save(self, number):
        name = f"{self.person.pk.hex[:8]} {number}"
        status, _, words = self.ask("POST", "/me/name/", {"name": name})
        if status == 302:
            self.names.append((number, name))
        if status == 503:
            assert name in words  # nothing that was typed is lost

    def sign_up(self, slug):
        self.ask("POST", f"/sessions/{slug}/sign-up/", ANSWERS)
        status, leads_to, _ = self.ask("POST", f"/sessions/{slug}/sign-up/check/", {"x": "1"})
        if status == 302 and "/registrations/" in leads_to:
            self.booked.append(slug)


@contextmanager
def under_load(browsers, slugs):
    """All of them save and sign up, one after the other, until it is over."""
    over, errors = threading.Event(), []

    def go_on(browser):
        number = 0
        try:
            while not over.is_set():
                number += 1
                browser.save(number)
                browser.sign_up(slugs[number % len(slugs)])
        except Exception as error:  # a connection that broke: seen by a visitor, so it counts
            errors.append(repr(error))

    threads = [threading.Thread(target=go_on, args=[browser]) for browser in browsers]
    for thread in threads:
        thread.start()
    yield errors
    over.set()
    for thread in threads:
        thread.join()


def rush(folder, **more):
    """Kill the server amid the load; returns (browsers, seconds until whole, errors)."""
    CommunityFactory()
    start = clock.now() + timedelta(days=20)
    slugs = [
        SessionFactory(places=500, starts_at=start, ends_at=start + timedelta(hours=2)).slug
        for _ in range(SESSIONS)
    ]
    people = PersonFactory.create_batch(PEOPLE)
    whole = []
    with processes.web(processes.environment(9), **more) as address:
        browsers = [Browser(address, person) for person in people]
        for browser in browsers:
            browser.open_form()
        connection.close()
        with under_load(browsers, slugs) as errors:
            for _ in range(KILLS):
                time.sleep(BETWEEN)
                kill(folder)
                start_again(folder)
                whole.append(seconds_until_all_good(browsers))
            time.sleep(BETWEEN)
    return browsers, whole, errors


def seconds_until_all_good(browsers):
    """How long it takes from when the server is back until everybody has had a good answer."""
    back = time.monotonic()
    while any(not browser.good_at or browser.good_at[-1] < back for browser in browsers):
        assert time.monotonic() < back + 30
        time.sleep(0.02)
    return time.monotonic() - back


def lost(browsers):
    """What was acknowledged and is not there: names older than the last yes, and sign-ups."""
    found = []
    for browser in browsers:
        name = Person.objects.get(pk=browser.person.pk).name
        if int(name.split()[1]) < browser.names[-1][0]:
            found.append(name)
        mine = set(
            Registration.objects.filter(person=browser.person).values_list(
                "session__slug", flat=True
            )
        )
        found += [slug for slug in browser.booked if slug not in mine]
    return found


def test_killed_five_times_under_load_loses_nothing_and_answers_503(durable):
    browsers, whole, errors = rush(durable)

    seen = sum((browser.statuses for browser in browsers), Counter())
    assert set(seen) == {200, 302, 503} and errors == []
    assert sum(len(browser.names) + len(browser.booked) for browser in browsers) > 100
    assert lost(browsers) == []
    assert max(whole) < WHOLE_AGAIN
    call_command("check_invariants")


def test_negative_control_without_the_page_it_is_a_server_error(durable):
    browsers, _, _ = rush(durable, wsgi="tests.faults.unprotected", PROTECTION_OFF="away")

    assert 500 in sum((browser.statuses for browser in browsers), Counter())
