"""Twenty requests a second at a running installation, while it is upgraded, by people who notice.

    python -m dev.visitors http://127.0.0.1:8000 https://community.example.org 60 [PATIENCE]

asks for pages, and for a code once a second, each time for another address. Connections are kept,
as a proxy keeps them. Ends after so many seconds and says what failed: a connection that broke, a
status of 500 or more, a page or style sheet that was there and is not.
"""

import asyncio
import itertools
import json
import re
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

EVERY = 0.05  # seconds
PATIENCE = 30  # seconds for one answer, as a browser would wait longer still
PAGES = ["/", "/accounts/login/", "/health/live", "/pages/privacy/"]
IS_NO_ANSWER = (OSError, asyncio.IncompleteReadError, TimeoutError)


@dataclass
class Seen:
    """What the visitors remember."""

    asked: int = 0
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0
    again: int = 0  # a kept connection had been closed: asked once more, as a browser does
    codes_for: list[str] = field(default_factory=list)
    patience: float = PATIENCE


@dataclass
class Answer:
    """A page as it came."""

    status: int
    head: str
    body: str


class Visitor:
    """One connection, kept while the server keeps it, and one browser's cookies."""

    def __init__(self, server: str, site: str, seen: Seen) -> None:
        self.server, self.site, self.seen = urlsplit(server), urlsplit(site), seen
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None
        self.cookies: dict[str, str] = {}

    async def ask(self, path: str, form: dict[str, str] | None = None) -> Answer | None:
        """The answer to a request, or nothing; whatever is wrong with it is remembered."""
        self.seen.asked += 1
        began = time.monotonic()
        try:
            answer = await asyncio.wait_for(self._asked(path, form), self.seen.patience)
        except IS_NO_ANSWER as error:
            self.writer = None
            self.seen.failures.append(f"{path}: {error!r}")
            return None
        self.seen.slowest = max(self.seen.slowest, time.monotonic() - began)
        if answer.status >= 400:
            self.seen.failures.append(f"{path}: {answer.status}")
        return answer

    async def _asked(self, path: str, form: dict[str, str] | None) -> Answer:
        was_kept = self.writer is not None
        try:
            return await self._asked_once(path, form)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            nothing_came = not getattr(error, "partial", b"")
            if form or not was_kept or not nothing_came:
                raise
        self.seen.again += 1
        self.writer = None
        return await self._asked_once(path, form)

    async def _asked_once(self, path: str, form: dict[str, str] | None) -> Answer:
        if self.writer is None:
            there = self.server.hostname, self.server.port
            self.reader, self.writer = await asyncio.open_connection(*there)
        self.writer.write(self._request(path, form))
        await self.writer.drain()
        return await self._read()

    def _request(self, path: str, form: dict[str, str] | None) -> bytes:
        body = urlencode(form).encode() if form else b""
        lines = [
            f"{'POST' if form else 'GET'} {path} HTTP/1.1",
            f"Host: {self.site.netloc}",
            f"X-Forwarded-For: 10.{id(self) % 250}.{self.seen.asked // 250 % 250}.7",
            f"X-Forwarded-Proto: {self.site.scheme}",
            f"Origin: {self.site.scheme}://{self.site.netloc}",
            "Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body

    async def _read(self) -> Answer:
        assert self.reader is not None
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
        in_pieces = re.search(r"transfer-encoding: chunked", head, re.IGNORECASE)
        if in_pieces:
            body = await self._read_pieces()
        else:
            body = await (self.reader.readexactly(int(length[1])) if length else self.reader.read())
        if re.search(r"connection: close", head, re.IGNORECASE) or not (length or in_pieces):
            self.writer = None
        self.cookies |= dict(re.findall(r"set-cookie: ([^=]+)=([^;]*)", head, re.IGNORECASE))
        return Answer(int(head.split()[1]), head, body.decode(errors="replace"))

    async def _read_pieces(self) -> bytes:
        assert self.reader is not None
        body = b""
        while size := int(await self.reader.readline(), 16):
            body += (await self.reader.readexactly(size + 2))[:-2]
        await self.reader.readline()
        return body


async def look_around(visitor: Visitor, number: int) -> None:
    """A page, and now and then a style sheet that it names."""
    page = await visitor.ask(PAGES[number % len(PAGES)])
    sheets = re.findall(r'href="(/static/[^"]+\.css)"', page.body if page else "")
    if sheets and number % 5 == 0:
        await visitor.ask(sheets[0])


async def ask_for_a_code(visitor: Visitor, address: str) -> None:
    """The sign-in form, filled in with an address that nobody else has."""
    form = await visitor.ask("/accounts/login/")
    token = form and re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.body)
    if token:
        filled = {"csrfmiddlewaretoken": token[1], "email": address, "login": address}
        if await visitor.ask("/accounts/login/", filled):
            visitor.seen.codes_for.append(address)


async def visit(
    server: str,
    site: str,
    seconds: float,
    patience: float = PATIENCE,
    over: asyncio.Event | None = None,
) -> Seen:
    """Twenty requests a second for so long, or until it is over; returns what was seen."""
    seen, waiting = Seen(patience=patience), set()
    rest = [Visitor(server, site, seen) for _ in range(8)]
    until, started = time.monotonic() + seconds, int(time.time())
    for number in itertools.count():
        if time.monotonic() > until or (over and over.is_set()):
            break
        if number % 20 == 0:
            act = ask_for_a_code(Visitor(server, site, seen), f"v{started}-{number}@example.org")
            waiting.add(asyncio.ensure_future(act))
        elif rest:
            waiting.add(asyncio.ensure_future(_borrowed(rest, number)))
        else:
            waiting.add(asyncio.ensure_future(look_around(Visitor(server, site, seen), number)))
        await asyncio.sleep(EVERY)
    await asyncio.gather(*waiting)
    return seen


async def _borrowed(rest: list[Visitor], number: int) -> None:
    visitor = rest.pop(0)  # in turn: none is left for so long that the server lets it go
    await look_around(visitor, number)
    rest.append(visitor)


if __name__ == "__main__":
    patience = float(sys.argv[4]) if len(sys.argv) > 4 else PATIENCE
    told = asyncio.run(visit(sys.argv[1], sys.argv[2], float(sys.argv[3]), patience))
    print(json.dumps(told.__dict__, indent=1))
    sys.exit(bool(told.failures))
