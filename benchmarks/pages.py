"""Pages: call, session, code and booking pages beside a bare Django view with one query; same
server, no cache.

    python -m benchmarks.pages

Prints requests a second and p95 for each, and the ratio to the bare view.
"""

import asyncio
import time
from datetime import timedelta

from benchmarks import setting
from collective import clock
from collective.models import SignIn
from collective.people.browser_sessions import SessionStore
from tests.factories import (
    ActivityFactory,
    CallFactory,
    CommunityFactory,
    SeriesFactory,
    SessionFactory,
    sign_up,
    slot_of,
)

SECONDS, IN_FLIGHT = 6, 8
FREE_TIMES = 500


async def load(port: int, path: str, cookie: str = "") -> tuple[float, float]:
    """Ask for the page as often as it goes, over kept connections.

    Returns (requests a second, p95 in ms).
    """
    head = [f"GET {path} HTTP/1.1", f"Host: localhost:{port}", f"Cookie: {cookie}"]
    request = "\r\n".join([*head, "", ""]).encode()
    until = time.perf_counter() + SECONDS
    asking = (ask_until(until, port, request) for _ in range(IN_FLIGHT))
    times = sorted(spent for times in await asyncio.gather(*asking) for spent in times)
    return len(times) / SECONDS, times[int(len(times) * 0.95)] * 1000


async def ask_until(until: float, port: int, request: bytes) -> list[float]:
    """Ask over one connection until this moment; returns the seconds of each answer."""
    times = []
    reader, writer = await asyncio.open_connection("localhost", port)
    while time.perf_counter() < until:
        start = time.perf_counter()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        assert head.startswith("HTTP/1.1 200"), head[:80]
        await reader.readexactly(length_in(head))
        times.append(time.perf_counter() - start)
    writer.close()
    return times


def length_in(head: str) -> int:
    """The content's length, as the answer's head says it."""
    lines = head.lower().split("\r\n")
    return next(int(line.split(":")[1]) for line in lines if line.startswith("content-length"))


def make_rows() -> dict[str, tuple[str, str]]:
    """A call with four ways, 30 people with a place and 60 who wait; 500 free times.

    Returns {name: (path, cookie)}.
    """
    CommunityFactory()
    begins = clock.now() + timedelta(days=20)
    call = CallFactory(slug="our-call")
    ends = begins + timedelta(hours=2)
    session = SessionFactory(call=call, slug="first", starts_at=begins, ends_at=ends)
    for _ in range(90):
        sign_up(session)
    for _ in range(3):
        ActivityFactory(call=call)
    series = SeriesFactory(slug="talk")
    for number in range(FREE_TIMES):
        slot_of(series, begins + timedelta(hours=number))
    return {
        "bare view, one query": ("/bare/", ""),
        "call": ("/calls/our-call/", ""),
        "session": ("/sessions/first/", ""),
        f"{FREE_TIMES} free times": ("/conversations/talk/", ""),
        "code": ("/accounts/login/code/", f"session={key_of_a_sign_in()}"),
    }


def key_of_a_sign_in() -> str | None:
    """The session of somebody who was sent a code just now."""
    store = SessionStore()
    store["sign_in"] = [str(SignIn.objects.create(email="new@example.org", network="b").pk)]
    store.create()
    return store.session_key


def main() -> None:
    bare = 0.0
    with setting.database() as env, setting.running(env, "benchmarks.with_bare_view") as (port, _):
        for name, (path, cookie) in make_rows().items():
            asyncio.run(load(port, path, cookie))  # warm
            a_second, p95 = asyncio.run(load(port, path, cookie))
            bare = bare or a_second
            ratio = f"{a_second / bare:.2f} of bare"
            print(f"{name:22} {a_second:6.0f} requests a second, p95 {p95:5.1f} ms, {ratio}")


if __name__ == "__main__":
    main()
