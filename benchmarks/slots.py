"""Slots: 200 signed-in people, 50 in flight, through the real pages of the real server, for 40
times; 30 % of those who have one move meanwhile.

python -m benchmarks.slots            also prints the negative control, with lock and constraints
off

Says how many slots and people have two live conversations, whether anybody who moved has none,
server errors, bookings a second, and p50 and p95 of one whole booking.
"""

import asyncio
import random
import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count

from benchmarks import setting
from benchmarks.rush import TOKEN, Measured, Visitor, both
from collective import clock
from events.models import Conversation
from tests.factories import CommunityFactory, PersonFactory, SeriesFactory, book, slot_of

PEOPLE, SLOTS, IN_FLIGHT, MOVERS = 200, 40, 50, 12
FORM = {
    "how": "phone",
    "who_rings": "host",
    "phone": "07700 900123",
    "topics": "x",
    "capacity": "personal",
}


@dataclass
class World:
    """A browser's cookie for each person, the slots, and the bookings of those who will move."""

    cookies: list[str]
    slots: list[UUID]
    booked: list[UUID]


class Booker(Visitor):
    """Books a time, or moves from one to another."""

    async def post(self, path: str, fields: dict[str, str]) -> str:
        """Send the form of this page; returns where it leads on to."""
        body, _ = await self.ask("GET", path)
        token = TOKEN.search(body)
        if token is None:
            return ""
        _, location = await self.ask("POST", path, {"csrfmiddlewaretoken": token[1], **fields})
        return location

    async def book(self, slots: list[UUID], first: UUID) -> float:
        """Form and check page, for at most three times; five people want the same one first.

        Returns the seconds.
        """
        start = time.perf_counter()
        await self.connect()
        for slot in [first, *random.sample(slots, 2)]:
            page = f"/conversations/rush/book/{slot}/"
            if await self.post(page, FORM) and "/bookings/" in await self.post(f"{page}check/", {}):
                break
        self.writer.close()
        return time.perf_counter() - start

    async def move(self, slots: list[UUID], booking: UUID) -> None:
        await self.connect()
        for slot in random.sample(slots, 5):
            await self.post(f"/bookings/{booking}/move/{slot}/", {})
        self.writer.close()


async def rush(port: int, world: World) -> Measured:
    gate = asyncio.Semaphore(IN_FLIGHT)
    people = [Booker(port, cookie) for cookie in world.cookies]
    movers, others = people[: len(world.booked)], people[len(world.booked) :]
    times: list[float] = []

    async def move(person: Booker, booking: UUID) -> None:
        async with gate:
            await person.move(world.slots, booking)

    async def book(number: int, person: Booker) -> None:
        async with gate:
            times.append(await person.book(world.slots, world.slots[number // 5 % SLOTS]))

    start = time.perf_counter()
    moves = [move(*act) for act in zip(movers, world.booked, strict=True)]
    bookings = [book(*act) for act in enumerate(others, len(movers))]
    await asyncio.gather(*moves, *bookings)
    spent = time.perf_counter() - start
    return Measured(spent, times, [status for person in people for status in person.statuses])


def make_world() -> World:
    CommunityFactory()
    series = SeriesFactory(slug="rush", most_per_day=40)
    begins = clock.now() + timedelta(days=3)
    slots = [slot_of(series, begins + timedelta(hours=number)) for number in range(SLOTS)]
    people = PersonFactory.create_batch(PEOPLE)
    booked = [book(slot, person).pk for slot, person in zip(slots, people[:MOVERS], strict=False)]
    cookies = [setting.cookie_of(person) for person in people]
    return World(cookies, [slot.pk for slot in slots], booked)


def doubled(field: str) -> int:
    """How many slots, or people, have two live conversations."""
    live = Conversation.objects.live().order_by().values(field)
    return live.annotate(n=Count("pk")).filter(n__gt=1).count()


def drop_constraints() -> None:
    with connection.cursor() as cursor:
        for name in ("one_conversation_a_slot", "one_booked_each_turn"):
            cursor.execute(f"DROP INDEX {name}")


def run(*, protected: bool) -> None:
    wsgi = "collective.wsgi" if protected else "benchmarks.unprotected"
    with setting.database() as env, setting.running(env, wsgi) as (port, _):
        world = make_world()
        if not protected:
            drop_constraints()
        measured = asyncio.run(rush(port, world))
        print(f"lock and constraints {'on' if protected else 'off (negative control)'}:")
        tell(measured, world)


def tell(measured: Measured, world: World) -> None:
    live = Conversation.objects.live()
    lost = len(world.booked) - live.filter(pk__in=world.booked).count()
    slots, people, in_all = doubled("slot"), doubled("person"), live.count()
    print(f"  slots with two: {slots}; people with two: {people}; lost in a move: {lost}")
    print(f"  live: {in_all}")
    print(f"  server errors: {measured.server_errors} of {len(measured.statuses)} answers")
    a_second, p50, p95 = PEOPLE / measured.spent, measured.p50, measured.p95
    print(f"  {a_second:.1f} people a second; p50 {p50:.2f} s, p95 {p95:.2f} s")


if __name__ == "__main__":
    for protected in both(__doc__):
        run(protected=protected)
