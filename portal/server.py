"""The web server's worker: gunicorn starts, watches and replaces it; in it waitress speaks HTTP.

waitress has read a whole request before a thread takes it up, and hands an answer out as slowly as
a visitor takes it, so a thread never waits for a visitor: slow ones keep nobody else from being
served (docs/decisions/0026).
"""

import logging
import os
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from gunicorn.workers.base import Worker as GunicornWorker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.receiver import FixedStreamReceiver
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask
from waitress.utilities import RequestEntityTooLarge

from portal import renewing

KIBIBYTE = 1024
MOST_HEADERS = 24 * KIBIBYTE  # of a request, its first line included
MOST_BODY = 200 * KIBIBYTE**2  # what is more is not even thrown away: the connection ends
PATIENCE = 20  # seconds for a request to come, and one more for each LEAST bytes of it
LEAST = 5000
MOST_VISITORS = 1000  # connections of one process
LOOK_EVERY = 1.0  # seconds
LAST_CALL = 3  # seconds in which somebody who is connected may still ask, before we end
logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # "four wait" is no news


class Nothing:
    """A buffer that keeps nothing."""

    def append(self, data: bytes) -> None:
        pass

    def getfile(self) -> BytesIO:
        return BytesIO()

    def close(self) -> None:
        pass

    def __len__(self) -> int:
        return 0


class Request(HTTPRequestParser):
    """A request as it comes in; of a body that is larger than its page takes, nothing is kept.

    It is still read to its end, as a browser shows no answer before; the page then says 413.
    """

    most_bytes: Callable[[str], int]
    completed: bool

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.began = time.monotonic()

    def received(self, data: bytes) -> int:
        """Read on. A body that does not say how long it is ends where its page takes no more."""
        consumed: int = super().received(data)
        if self.chunked and not self.completed and self.body_bytes_received > self._most:
            self.error = RequestEntityTooLarge(f"more than {self._most} bytes")
            self.completed = True
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.is_too_large:
            self.body_rcv = FixedStreamReceiver(self.content_length, Nothing())

    @property
    def is_too_large(self) -> bool:
        """Is there more in it than its page takes?"""
        return self.content_length > 0 and self.content_length > self._most

    @property
    def _most(self) -> int:
        return self.most_bytes(self.path.encode("latin-1").decode("utf-8", "replace"))

    @property
    def is_too_slow(self) -> bool:
        received = self.header_bytes_received + self.body_bytes_received
        return time.monotonic() - self.began > PATIENCE + received / LEAST


class Task(WSGITask):
    """One answer. Where this process ends, it is the last one of its connection, and says so."""

    def build_response_header(self) -> bytes:
        if not self.channel.server.accepting:
            self.set_close_on_finish()
        head: bytes = super().build_response_header()
        return head


class Channel(HTTPChannel):
    """A visitor's connection."""

    parser_class = Request
    task_class = Task

    @property
    def is_busy(self) -> bool:
        """Is an answer being made, or on its way out?"""
        return bool(self.requests) or bool(self.total_outbufs_len)


class Server(TcpWSGIServer):
    """Accepts visitors at one address."""

    channel_class = Channel

    def maintenance(self, now: float) -> None:
        """Close connections on which nothing happens, or on which a request takes for ever."""
        super().maintenance(now)
        for channel in self.active_channels.values():
            if channel.request is not None and channel.request.is_too_slow:
                channel.will_close = True


class Worker(GunicornWorker):
    """A process of the web server."""

    predecessor = 0  # the older server whose place ours takes, where there is one

    def run(self) -> None:
        """Serve until told to stop, then finish what was begun."""
        from portal import limits  # noqa: PLC0415 only now the apps are ready

        Request.most_bytes = staticmethod(limits.most_bytes)
        adj = Adjustments(
            sockets=[listener.sock for listener in self.sockets],
            threads=self.cfg.threads,
            ident=None,
            channel_timeout=self.cfg.keepalive,
            cleanup_interval=2,
            connection_limit=MOST_VISITORS,
            max_request_header_size=MOST_HEADERS,
            max_request_body_size=MOST_BODY,
            clear_untrusted_proxy_headers=False,  # TRUSTED_PROXIES says which are believed
        )
        dispatcher = ThreadedTaskDispatcher()
        visitors: dict[int, Any] = {}  # by the number of their socket
        dispatcher.set_thread_count(adj.threads)
        servers = [
            self._server(listener.sock, adj, dispatcher, visitors) for listener in self.sockets
        ]
        if self.predecessor:
            renewing.take_over(self)
        while self.alive:
            self._look(visitors)
        for server in servers:
            server.accepting = False
            server.del_channel()  # nobody new; the socket is the master's, and others accept
        self._finish(visitors)
        dispatcher.shutdown()

    def _server(self, sock: Any, adj: Adjustments, dispatcher: Any, visitors: dict) -> Server:
        info = (sock.family, sock.type, sock.proto, sock.getsockname())
        return Server(
            self._counted,
            visitors,
            _sock=sock,
            dispatcher=dispatcher,
            adj=adj,
            sockinfo=info,
            bind_socket=False,
        )

    def _look(self, visitors: dict[int, Any], seconds: float = LOOK_EVERY) -> None:
        """Read and send what can be read and sent, and tell the master that we live."""
        self.notify()
        wasyncore.loop(timeout=seconds, use_poll=True, map=visitors, count=1)
        if self.ppid != os.getppid():
            self.alive = False

    def _finish(self, visitors: dict[int, Any]) -> None:
        """Let answers that were begun go out; whoever has none to come is let go.

        A proxy that sends a request just as its connection is closed would have lost it, so those
        who ask nothing are let go last.
        """
        began = time.monotonic()
        last_call = 0 if self.cfg.reload else LAST_CALL  # `make run` has no proxy
        while (passed := time.monotonic() - began) < self.cfg.graceful_timeout:
            channels = [row for row in visitors.values() if isinstance(row, Channel)]
            for channel in channels:
                is_over = passed > last_call and not channel.is_busy
                channel.will_close = channel.will_close or is_over
            if not channels:
                return
            self._look(visitors, 0.1)

    def _counted(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """The application; after so many requests the process makes place for a fresh one."""
        self.nr += 1
        if self.nr >= self.max_requests:
            self.alive = False
        if not self.cfg.accesslog:
            return self.wsgi(environ, start_response)
        began = time.monotonic()

        def noted(status: str, *rest: Any) -> Any:
            took = (time.monotonic() - began) * 1000
            what = (environ["REQUEST_METHOD"], environ["PATH_INFO"], status[:3], took)
            self.log.access_log.info("%s %s %s %.0fms", *what)
            return start_response(status, *rest)

        return self.wsgi(environ, noted)
