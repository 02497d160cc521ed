"""What real processes write: time, level, id, and no word that anybody typed."""

import json
import re
from datetime import timedelta

import pytest
import redis
from django.conf import settings

from collective import clock
from collective.seeing import request_ids
from tests import processes
from tests.factories import PersonFactory, SessionFactory, sign_up
from tests.faults import planted

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR|CRITICAL) "
    r"(-|[0-9a-f-]{16,64}) [\w.]+ .+"
)


@pytest.fixture(autouse=True)
def empty_broker(community):
    redis.Redis.from_url(settings.REDIS_URL).flushall()


def written(folder, **more):
    """All that a web server and a worker write while words are planted everywhere."""
    lines = folder / "lines"
    with processes.MailServer() as server:
        env = processes.environment(server.port, LINES=str(lines), ACCESS_LOG="-", **more)
        breaks = "tests.faults.breaks"
        with processes.worker(env, breaks), processes.web(env, breaks) as address:
            planted.everything(address, server)
    return lines.read_text()


def test_lines_have_time_level_and_id_and_no_word_that_was_typed(tmp_path):
    text = written(tmp_path)

    odd = [line for line in text.splitlines() if not line.startswith("    ")]
    assert [line for line in odd if not LINE.fullmatch(line)] == []
    assert planted.FOUND.findall(text) == []
    for name in ("ValueError", "KeyError", "DataError: 22P02", "IntegrityError: 23505"):
        assert name in text
    for name in ("mail_refused kind=booked", "Task collective.send_message", "gunicorn.access"):
        assert name in text


def test_lines_as_json_say_the_same(tmp_path):
    text = written(tmp_path, LOG_FORMAT="json")
    rows = [json.loads(line) for line in text.splitlines()]

    assert planted.FOUND.findall(text) == []
    assert {"time", "level", "request_id", "logger", "message"} <= set.intersection(*map(set, rows))
    places = [row["places"] for row in rows if "places" in row]
    assert any("tests/faults/breaks.py" in place for place in places)


def test_negative_control_with_plain_lines_the_words_are_there(tmp_path):
    text = written(tmp_path, PLAIN_LINES="1")

    assert {word.lower() for word in planted.FOUND.findall(text)} >= {"zebrafish", "tapirus"}


def test_task_bears_the_id_of_the_request_that_rang_for_it(tmp_path):
    lines = tmp_path / "lines"
    with processes.MailServer() as server:
        env = processes.environment(server.port, LINES=str(lines), LOG_LEVEL="INFO")
        with processes.worker(env):
            start = clock.now() + timedelta(days=20)
            session = SessionFactory(starts_at=start, ends_at=start + timedelta(hours=2))
            refused, asked = PersonFactory(), request_ids.use(None)
            server.refuses[refused.email] = ["451 later"] * 9
            sign_up(session, refused)
            sign_up(session, PersonFactory(email="marker@example.org"))
            server.wait_for_mail_to("marker@example.org")

    assert f" WARNING {asked} collective.messages.mail mail_refused kind=" in lines.read_text()
