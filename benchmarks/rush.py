"""Rush: 300 signed-in people, 50 in flight, through the real pages of the real server, for 30
places.

python -m benchmarks.rush            also prints the negative control, with lock and constraint off

Says how many were confirmed and how many wait, whether the list's order is the order of commit
(PostgreSQL's own commit timestamps), sign-ups a second, p50 and p95 of one whole sign-up, and the
memory (PSS) of all processes.
"""

import argparse
import asyncio
import re
import statistics
import time
import urllib.parse
from datetime import timedelta
from pathlib import Path
from subprocess import Popen

import psutil

from benchmarks import setting

PEOPLE, PLACES, IN_FLIGHT = 300, 30, 50
ANSWERS = {"capacity": "personal", "coming_along": "nobody", "access": "captions", "agree": "on"}
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
OWNER = re.compile(r'name="owner" value="([^"]+)"')


class Visitor:
    """One person's browser: a kept connection, cookies, forms."""

    def __init__(self, port, cookie) -> None:
        self.port, self.cookies, self.statuses = port, {"session": cookie}, []

    async def ask(self, method: str, path: str, fields=None):
        body = urllib.parse.urlencode(fields or {}).encode()
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = [f"{method} {path} HTTP/1.1", f"Host: localhost:{self.port}", f"Cookie: {cookies}"]
        if fields is not None:
            head += [
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
            ]
        self.writer.write("\r\n".join([*head, "", ""]).encode() + body)
        return await self.answer()

    async def answer(self):
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        status = int(head.split(" ", 2)[1])
        fields = [line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line]
        for name, value in fields:
            if name.lower() == "set-cookie":
                key, cookie = value.split(";", 1)[0].split("=", 1)
                self.cookies[key] = cookie
        length = next((int(value) for name, value in fields if name.lower() == "content-length"), 0)
        body = (await self.reader.readexactly(length)).decode()
        self.statuses.append(status)
        return body, next((value for name, value in fields if name.lower() == "location"), "")

    async def sign_up(self):
        """Every page of it: session, form, answers, check, booking, result.

        Returns the seconds it took.
        """
        start = time.perf_counter()
        self.reader, self.writer = await asyncio.open_connection("localhost", self.port)
        await self.ask("GET", "/sessions/rush/")
        page, _ = await self.ask("GET", "/sessions/rush/sign-up/")
        tokens = {"csrfmiddlewaretoken": TOKEN.search(page)[1], "owner": OWNER.search(page)[1]}
        _, check = await self.ask("POST", "/sessions/rush/sign-up/", {**ANSWERS, **tokens})
        page, _ = await self.ask("GET", check)
        _, result = await self.ask("POST", check, {"csrfmiddlewaretoken": TOKEN.search(page)[1]})
        if result:
            await self.ask("GET", result)
        self.writer.close()
        return time.perf_counter() - start


async def rush(port, cookies):
    gate, visitors = asyncio.Semaphore(IN_FLIGHT), [Visitor(port, cookie) for cookie in cookies]

    async def one(visitor: Visitor):
        async with gate:
            return await visitor.sign_up()

    start = time.perf_counter()
    seconds = await asyncio.gather(*(one(visitor) for visitor in visitors))
    return (
        time.perf_counter() - start,
        seconds,
        [status for visitor in visitors for status in visitor.statuses],
    )


def make_people():
    """300 people with a session each, and the session that they all want."""
    from collective import clock
    from collective.models import Person
    from tests.factories import CommunityFactory, SessionFactory

    CommunityFactory()
    begins = clock.now() + timedelta(days=20)
    SessionFactory(
        slug="rush", places=PLACES, starts_at=begins, ends_at=begins + timedelta(hours=2)
    )
    cookies = []
    for number in range(PEOPLE):
        person = Person.objects.create_user(f"rush{number}@example.org", name=f"Person {number}")
        cookies.append(setting.cookie_of(person))
    return cookies


def pss(processes: list[Popen[bytes]]) -> float:
    """The proportional set size of these processes and their children, in MB."""
    every = [child for process in processes for child in [psutil.Process(process.pid)]]
    every += [child for process in every for child in process.children(recursive=True)]
    rollups = [Path(f"/proc/{process.pid}/smaps_rollup").read_text() for process in every]
    return sum(int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1]) for text in rollups) / 1024


def count() -> tuple[int, int, bool]:
    """(confirmed, waiting, is the list in the order of commit)."""
    from django.db import connection

    from events.models import Registration

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT list_number FROM events_registration WHERE state = 'waiting'"
            " ORDER BY pg_xact_commit_timestamp(xmin)"
        )
        numbers = [row[0] for row in cursor.fetchall()]
    states = list(Registration.objects.values_list("state", flat=True))
    return states.count("confirmed"), states.count("waiting"), numbers == sorted(numbers)


def run(protected) -> None:
    wsgi = "collective.wsgi" if protected else "benchmarks.unprotected"
    with setting.database() as env, setting.running(env, wsgi) as (port, processes):
        cookies = make_people()
        if not protected:
            setting.drop_constraint()
        seconds, each, statuses = asyncio.run(rush(port, cookies))
        confirmed, waiting, ordered = count()
        print(f"lock and constraint {'on' if protected else 'off (negative control)'}:")
        print(
            f"  confirmed {confirmed}, waiting {waiting}; oversold by {max(confirmed - PLACES, 0)}"
        )
        print(
            f"  list in the order of commit: {ordered}; server errors: "
            f"{sum(status >= 500 for status in statuses)}"
        )
        print(
            f"  {PEOPLE / seconds:.1f} sign-ups a second ({len(statuses) / seconds:.0f} pages a "
            "second)"
        )
        ordered_seconds = sorted(each)
        p95 = ordered_seconds[int(len(each) * 0.95)]
        print(f"  one sign-up, six pages: p50 {statistics.median(each):.2f} s, p95 {p95:.2f} s")
        print(f"  PSS of web, worker and beat: {pss(processes):.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["on", "off"])
    only = parser.parse_args().only
    for protected in [True] * (only != "off") + [False] * (only != "on"):
        run(protected)
