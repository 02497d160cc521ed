"""Pages: call, session, code and booking pages beside a bare Django view with one query; same
server, no cache.

    python -m benchmarks.pages

Prints requests a second and p95 for each, and the ratio to the bare view.
"""

import asyncio
import time
from datetime import timedelta

from benchmarks import setting

SECONDS, IN_FLIGHT = 6, 8
FREE_TIMES = 500


async def load(port, path: str, cookie: str = ""):
    """Ask for the page as often as it goes, over kept connections; returns (requests a second, p95
    in ms).
    """
    request = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
    times, until = [], time.perf_counter() + SECONDS

    async def one():
        reader, writer = await asyncio.open_connection("localhost", port)
        while time.perf_counter() < until:
            start = time.perf_counter()
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            assert head.startswith("HTTP/1.1 200"), head[:80]
            length = next(
                int(line.split(":")[1])
                for line in head.split("\r\n")
                if line.lower().startswith("content-length")
            )
            await reader.readexactly(length)
            times.append(time.perf_counter() - start)
        writer.close()

    await asyncio.gather(*(one() for _ in range(IN_FLIGHT)))
    return len(times) / SECONDS, sorted(times)[int(len(times) * 0.95)] * 1000


def make_rows() -> dict[str, tuple[str, str]]:
    """A call with four ways, 30 people with a place and 60 who wait; 500 free times.

    Returns path, cookie of each.
    """
    from django.contrib.sessions.backends.db import SessionStore

    from collective import clock
    from collective.models import SignIn
    from tests.factories import (
        ActivityFactory,
        CommunityFactory,
        SeriesFactory,
        SessionFactory,
        sign_up,
        slot_of,
    )

    CommunityFactory()
    begins = clock.now() + timedelta(days=20)
    session = SessionFactory(slug="first", starts_at=begins, ends_at=begins + timedelta(hours=2))
    for _ in range(90):
        sign_up(session)
    for _ in range(3):
        ActivityFactory(call=session.call)
    series = SeriesFactory(slug="talk")
    for number in range(FREE_TIMES):
        slot_of(series, begins + timedelta(hours=number))
    asked, store = (
        SignIn.objects.create(email="new@example.org", network="benchmark"),
        SessionStore(),
    )
    store["sign_in"] = str(asked.pk)
    store.create()
    pages = {
        "bare view, one query": ("/bare/", ""),
        "call": (session.call.get_absolute_url(), ""),
        "session": ("/sessions/first/", ""),
        f"{FREE_TIMES} free times": ("/conversations/talk/", ""),
        "code": ("/accounts/login/code/", f"session={store.session_key}"),
    }
    return pages


def main() -> None:
    with setting.database() as env, setting.running(env, "benchmarks.with_bare_view") as (port, _):
        pages, bare = make_rows(), None
        for name, (path, cookie) in pages.items():
            asyncio.run(load(port, path, cookie))  # warm
            a_second, p95 = asyncio.run(load(port, path, cookie))
            bare = bare or a_second
            print(
                f"{name:22} {a_second:6.0f} requests a second, p95 {p95:5.1f} ms, "
                f"{a_second / bare:.2f} of bare"
            )


if __name__ == "__main__":
    main()
