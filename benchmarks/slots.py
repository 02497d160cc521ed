"""Slots: 200 signed-in people, 50 in flight, through the real pages of the real server, for 40
times; 30 % of those who have one move meanwhile.

python -m benchmarks.slots            also prints the negative control, with lock and constraints
off

Says how many slots and people have two live conversations, whether anybody who moved has none,
server errors, bookings a second, and p50 and p95 of one whole booking.
"""

import argparse
import asyncio
import random
import statistics
import time
from datetime import timedelta
from uuid import UUID

from benchmarks import setting
from benchmarks.rush import TOKEN, Visitor

PEOPLE, SLOTS, IN_FLIGHT, MOVERS = 200, 40, 50, 12
FORM = {
    "how": "phone",
    "who_rings": "host",
    "phone": "07700 900123",
    "topics": "x",
    "capacity": "personal",
}


class Person(Visitor):
    """Books a time, or moves from one to another."""

    async def post(self, path: str, fields):
        body, _ = await self.ask("GET", path)
        token = TOKEN.search(body)
        if token is None:
            return ""
        _, location = await self.ask("POST", path, {"csrfmiddlewaretoken": token[1], **fields})
        return location

    async def book(self, slots, first):
        """Form and check page, for at most three times; five people want the same one first.

        Returns the seconds.
        """
        start = time.perf_counter()
        self.reader, self.writer = await asyncio.open_connection("localhost", self.port)
        for slot in [first, *random.sample(slots, 2)]:
            page = f"/conversations/rush/book/{slot}/"
            if await self.post(page, FORM) and "/bookings/" in await self.post(f"{page}check/", {}):
                break
        self.writer.close()
        return time.perf_counter() - start

    async def move(self, slots, booking):
        self.reader, self.writer = await asyncio.open_connection("localhost", self.port)
        for slot in random.sample(slots, 5):
            await self.post(f"/bookings/{booking}/move/{slot}/", {})
        self.writer.close()


async def rush(port, cookies, slots: list[UUID], booked):
    gate = asyncio.Semaphore(IN_FLIGHT)
    people = [Person(port, cookie) for cookie in cookies]

    async def one(number, person):
        async with gate:
            if number < len(booked):
                return await person.move(slots, booked[number])
            return await person.book(slots, slots[number // 5 % len(slots)])

    start = time.perf_counter()
    seconds = await asyncio.gather(*(one(*act) for act in enumerate(people)))
    spent = time.perf_counter() - start
    return (
        spent,
        sorted(filter(None, seconds)),
        [status for person in people for status in person.statuses],
    )


def make_rows():
    """People with a session each; the slots; and the bookings of those who will move."""
    from collective import clock
    from tests.factories import CommunityFactory, PersonFactory, SeriesFactory, book, slot_of

    CommunityFactory()
    series = SeriesFactory(slug="rush", most_per_day=40)
    slots = [
        slot_of(series, clock.now() + timedelta(days=3, hours=number)) for number in range(SLOTS)
    ]
    people, cookies = PersonFactory.create_batch(PEOPLE), []
    for person in people:
        cookies.append(setting.cookie_of(person))
    booked = [book(slot, person).pk for slot, person in zip(slots, people[:MOVERS], strict=False)]
    return cookies, [slot.pk for slot in slots], booked


def count(booked) -> tuple[*tuple[int, ...], int, int]:
    """(slots with two, people with two, movers without one, live conversations)"""
    from django.db.models import Count

    from events.models import Conversation

    live = Conversation.objects.live().order_by()
    doubled = [
        live.values(field).annotate(n=Count("pk")).filter(n__gt=1).count()
        for field in ("slot", "person")
    ]
    return *doubled, len(booked) - live.filter(pk__in=booked).count(), live.count()


def drop_constraints() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for name in ("one_conversation_a_slot", "one_booked_each_turn"):
            cursor.execute(f"DROP INDEX {name}")


def run(protected) -> None:
    wsgi = "collective.wsgi" if protected else "benchmarks.unprotected"
    with setting.database() as env, setting.running(env, wsgi) as (port, _):
        cookies, slots, booked = make_rows()
        if not protected:
            drop_constraints()
        spent, seconds, statuses = asyncio.run(rush(port, cookies, slots, booked))
        two_a_slot, two_a_person, lost, live = count(booked)
        print(f"lock and constraints {'on' if protected else 'off (negative control)'}:")
        print(
            f"  slots with two: {two_a_slot}; people with two: {two_a_person}; lost in a move: "
            f"{lost}; live: {live}"
        )
        print(
            f"  server errors: {sum(status >= 500 for status in statuses)} of {len(statuses)} "
            "answers"
        )
        print(
            f"  {PEOPLE / spent:.1f} people a second; p50 {statistics.median(seconds):.2f} s, "
            f"p95 {seconds[int(len(seconds) * 0.95)]:.2f} s"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["on", "off"])
    only = parser.parse_args().only
    for protected in [True] * (only != "off") + [False] * (only != "on"):
        run(protected)
