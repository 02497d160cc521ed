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
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from subprocess import Popen

import psutil
from django.db import connection

from benchmarks import setting
from collective import clock
from collective.models import Person
from events.models import Registration
from tests.factories import CommunityFactory, SessionFactory

PEOPLE, PLACES, IN_FLIGHT = 300, 30, 50
ANSWERS = {"capacity": "personal", "coming_along": "nobody", "access": "captions", "agree": "on"}
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
OWNER = re.compile(r'name="owner" value="([^"]+)"')
State = Registration.State


class Visitor:
    """One person's browser: a kept connection, cookies, forms."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.cookies = port, {"session": cookie}
        self.statuses: list[int] = []

    async def connect(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("localhost", self.port)

    async def ask(
        self, method: str, path: str, fields: dict[str, str] | None = None
    ) -> tuple[str, str]:
        """Ask for a page, or send a form; returns (its body, where it leads on to)."""
        body = urllib.parse.urlencode(fields or {}).encode()
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = [f"{method} {path} HTTP/1.1", f"Host: localhost:{self.port}", f"Cookie: {cookies}"]
        if fields is not None:
            head.append("Content-Type: application/x-www-form-urlencoded")
            head.append(f"Content-Length: {len(body)}")
        self.writer.write("\r\n".join([*head, "", ""]).encode() + body)
        return await self.answer()

    async def answer(self) -> tuple[str, str]:
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        self.statuses.append(int(first.split(" ", 2)[1]))
        fields = [line.split(": ", 1) for line in lines if ": " in line]
        headers = {name.lower(): value for name, value in fields}
        for name, value in fields:
            if name.lower() == "set-cookie":
                key, cookie = value.split(";", 1)[0].split("=", 1)
                self.cookies[key] = cookie
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return body.decode(), headers.get("location", "")

    async def sign_up(self) -> float:
        """Every page of it: session, form, answers, check, booking, result.

        Returns the seconds it took.
        """
        start = time.perf_counter()
        await self.connect()
        await self.ask("GET", "/sessions/rush/")
        page, _ = await self.ask("GET", "/sessions/rush/sign-up/")
        tokens = {"csrfmiddlewaretoken": found(TOKEN, page), "owner": found(OWNER, page)}
        _, check = await self.ask("POST", "/sessions/rush/sign-up/", {**ANSWERS, **tokens})
        page, _ = await self.ask("GET", check)
        _, result = await self.ask("POST", check, {"csrfmiddlewaretoken": found(TOKEN, page)})
        if result:
            await self.ask("GET", result)
        self.writer.close()
        return time.perf_counter() - start


def found(pattern: re.Pattern[str], text: str) -> str:
    """The first group of the first match, which has to be there."""
    match = pattern.search(text)
    assert match, pattern.pattern
    return match[1]


@dataclass
class Measured:
    """What a rush came to: seconds in all, seconds of each, every status that was answered."""

    spent: float
    each: list[float]
    statuses: list[int]

    @property
    def p50(self) -> float:
        return statistics.median(self.each)

    @property
    def p95(self) -> float:
        return sorted(self.each)[int(len(self.each) * 0.95)]

    @property
    def server_errors(self) -> int:
        return sum(status >= 500 for status in self.statuses)


async def rush(port: int, cookies: list[str]) -> Measured:
    gate, visitors = asyncio.Semaphore(IN_FLIGHT), [Visitor(port, cookie) for cookie in cookies]

    async def one(visitor: Visitor) -> float:
        async with gate:
            return await visitor.sign_up()

    start = time.perf_counter()
    each = await asyncio.gather(*(one(visitor) for visitor in visitors))
    spent = time.perf_counter() - start
    return Measured(spent, each, [status for visitor in visitors for status in visitor.statuses])


def make_people() -> list[str]:
    """300 people and the session that they all want; returns the cookie of each."""
    CommunityFactory()
    begins = clock.now() + timedelta(days=20)
    ends = begins + timedelta(hours=2)
    SessionFactory(slug="rush", places=PLACES, starts_at=begins, ends_at=ends)
    people = [
        Person.objects.create_user(f"rush{number}@example.org", name=f"Person {number}")
        for number in range(PEOPLE)
    ]
    return [setting.cookie_of(person) for person in people]


def pss(processes: list[Popen[bytes]]) -> float:
    """The proportional set size of these processes and their children, in MB."""
    every = [psutil.Process(process.pid) for process in processes]
    every += [child for process in every for child in process.children(recursive=True)]
    rollups = [Path(f"/proc/{process.pid}/smaps_rollup").read_text() for process in every]
    pattern = re.compile(r"^Pss:\s+(\d+)", re.MULTILINE)
    return sum(int(found(pattern, text)) for text in rollups) / 1024


def count() -> tuple[int, int, bool]:
    """(confirmed, waiting, is the list in the order of commit)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT list_number FROM events_registration WHERE state = %s"
            " ORDER BY pg_xact_commit_timestamp(xmin)",
            [State.WAITING],
        )
        numbers = [row[0] for row in cursor.fetchall()]
    states = list(Registration.objects.values_list("state", flat=True))
    in_order = numbers == sorted(numbers)
    return states.count(State.CONFIRMED), states.count(State.WAITING), in_order


def drop_constraint() -> None:
    """For the negative control."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE events_registration DROP CONSTRAINT one_holder_per_seat")


def run(*, protected: bool) -> None:
    wsgi = "collective.wsgi" if protected else "benchmarks.unprotected"
    with setting.database() as env, setting.running(env, wsgi) as (port, processes):
        cookies = make_people()
        if not protected:
            drop_constraint()
        measured = asyncio.run(rush(port, cookies))
        tell(measured, protected=protected)
        print(f"  PSS of web, worker and beat: {pss(processes):.0f} MB")


def tell(measured: Measured, *, protected: bool) -> None:
    confirmed, waiting, ordered = count()
    oversold, errors = max(confirmed - PLACES, 0), measured.server_errors
    sign_ups, pages = PEOPLE / measured.spent, len(measured.statuses) / measured.spent
    print(f"lock and constraint {'on' if protected else 'off (negative control)'}:")
    print(f"  confirmed {confirmed}, waiting {waiting}; oversold by {oversold}")
    print(f"  list in the order of commit: {ordered}; server errors: {errors}")
    print(f"  {sign_ups:.1f} sign-ups a second ({pages:.0f} pages a second)")
    print(f"  one sign-up, six pages: p50 {measured.p50:.2f} s, p95 {measured.p95:.2f} s")


def both(description: str | None) -> list[bool]:
    """With the protections and without, or the one that was asked for with --only."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--only", choices=["on", "off"])
    only = parser.parse_args().only
    return [protected for protected in (True, False) if only != ("off" if protected else "on")]


if __name__ == "__main__":
    for protected in both(__doc__):
        run(protected=protected)
