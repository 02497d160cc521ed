"""What leaves this machine for Sentry: the fault arrives, and no word that anybody typed."""

import gzip
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import redis
from django.conf import settings

from tests import processes
from tests.faults import planted

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
FAULTS = ["ValueError", "KeyError", "RuntimeError", "DataError", "IntegrityError"]


@contextmanager
def reports_server():
    """A server that takes envelopes; yields what has come, in clear, and where it listens."""
    came, more = [], threading.Condition()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            zipped = self.headers.get("Content-Encoding") == "gzip"
            with more:
                came.append((gzip.decompress(body) if zipped else body).decode())
                more.notify_all()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def all_that_came(wanted):
        with more:
            more.wait_for(lambda: all(word in "".join(came) for word in wanted), 20)
        return "".join(came)

    yield f"http://key@127.0.0.1:{server.server_port}/1", all_that_came
    server.shutdown()


def reported(**more):
    """What was sent by a web server and a worker while words were planted everywhere."""
    redis.Redis.from_url(settings.REDIS_URL).flushall()
    with processes.MailServer() as server, reports_server() as (dsn, all_that_came):
        env = processes.environment(server.port, SENTRY_DSN=dsn, **more)
        breaks = "tests.faults.breaks"
        with processes.worker(env, breaks), processes.web(env, breaks) as address:
            planted.everything(address, server)
            return all_that_came([*FAULTS, "broken_sending"])


def test_faults_arrive_with_type_and_place_and_no_word_that_was_typed(community):
    text = reported()

    assert [name for name in [*FAULTS, "broken_sending", "breaks.py"] if name not in text] == []
    assert planted.FOUND.findall(text) == []


def test_negative_control_events_as_the_library_makes_them_have_the_words(community):
    assert planted.FOUND.search(reported(PLAIN_REPORTS="1"))
