"""What real processes write and report to Sentry: what is needed, and no word anybody typed."""

import gzip
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import redis
from django.conf import settings

from collective import clock
from collective.seeing import request_ids
from dev import servers
from tests import processes
from tests.factories import PersonFactory, SessionFactory, sign_up
from tests.faults import planted

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR|CRITICAL) "
    r"(-|[0-9a-f-]{16,64}) [\w.]+ .+"
)


FAULTS = ["ValueError", "KeyError", "RuntimeError", "DataError", "IntegrityError"]


@pytest.fixture(autouse=True)
def empty_broker(community):
    redis.Redis.from_url(settings.REDIS_URL).flushall()


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


def written_and_reported(folder, **more):
    """All that a web server and a worker say while words are planted: (log lines, reports)."""
    lines = folder / "lines"
    with processes.MailServer() as server, reports_server() as (dsn, all_that_came):
        env = processes.environment(
            server.port, LINES_TO=str(lines), ACCESS_LOG="-", SENTRY_DSN=dsn, **more
        )
        breaks = "tests.faults.breaks"
        with processes.worker(env, breaks), processes.web(env, breaks) as address:
            planted.everything(address, server)
            reports = all_that_came([*FAULTS, "broken_sending"])
    return lines.read_text(), reports


def test_lines_and_reports_say_what_happened_and_no_word_that_was_typed(tmp_path):
    text, reports = written_and_reported(tmp_path)

    assert [planted.FOUND.findall(said) for said in (text, reports)] == [[], []]
    heads = [line for line in text.splitlines() if not line.startswith("    ")]
    assert [line for line in heads if not LINE.fullmatch(line)] == []
    named = ["ValueError", "KeyError", "DataError: 22P02", "IntegrityError: 23505"]
    named += ["mail_refused kind=booked", "Task collective.send_message", "gunicorn.access"]
    assert [name for name in named if name not in text] == []
    assert [name for name in [*FAULTS, "broken_sending", "breaks.py"] if name not in reports] == []


def test_negative_control_plain_lines_and_reports_have_the_words(tmp_path):
    text, reports = written_and_reported(tmp_path, PLAIN_LINES="1", PLAIN_REPORTS="1")

    assert {word.lower() for word in planted.FOUND.findall(text)} >= {"zebrafish", "tapirus"}
    assert planted.FOUND.search(reports)


def test_command_that_ends_with_a_fault_says_no_word_of_it(tmp_path):
    fault = "raise ValueError('zebrafish@example.org')"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", fault],
        env=processes.environment(9),
        cwd=servers.ROOT,
        capture_output=True,
        text=True,
    )

    assert "CRITICAL" in done.stderr and "This process ends (ValueError)" in done.stderr
    assert not planted.FOUND.search(done.stderr)


def test_task_bears_the_id_of_the_request_that_rang_for_it(tmp_path):
    lines = tmp_path / "lines"
    with processes.MailServer() as server:
        env = processes.environment(server.port, LINES_TO=str(lines), LOG_LEVEL="INFO")
        with processes.worker(env):
            start = clock.now() + timedelta(days=20)
            session = SessionFactory(starts_at=start, ends_at=start + timedelta(hours=2))
            refused, asked = PersonFactory(), request_ids.use(None)
            server.refuses[refused.email] = ["451 later"] * 9
            sign_up(session, refused)
            sign_up(session, PersonFactory(email="marker@example.org"))
            server.wait_for_mail_to("marker@example.org")

    assert f" WARNING {asked} collective.messages.mail mail_refused kind=" in lines.read_text()
