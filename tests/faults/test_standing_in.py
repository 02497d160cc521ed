"""A worker that hangs, or a broker that is away: the stand-in does the work, once."""

import os
import signal
import threading
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.db.models import F

from collective import clock
from collective.background import standing_in
from collective.models import Message, SweepRun
from dev import servers
from tests import processes
from tests.factories import PersonFactory, SessionFactory, sign_up

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
By = SweepRun.By


@pytest.fixture
def session(community):
    redis.Redis.from_url(settings.REDIS_URL).flushall()
    start = clock.now() + timedelta(days=20)
    return SessionFactory(places=500, starts_at=start, ends_at=start + timedelta(hours=2))


def time_passes():
    """So long that a worker that had looked until now counts as silent."""
    silent = standing_in.SILENT_AFTER + timedelta(seconds=1)
    SweepRun.objects.update(started_at=F("started_at") - silent)


def signed_up(session, email):
    return sign_up(session, PersonFactory(email=email))


def test_worker_that_hangs_keeps_no_mail_from_going_and_none_goes_twice(session):
    with processes.MailServer() as server:
        env = processes.environment(server.port)
        with processes.worker(env) as worker, processes.beat(env) as beat:
            signed_up(session, "before@example.org")
            server.wait_for_mail_to("before@example.org")
            for running in (worker, beat):
                os.killpg(running.pid, signal.SIGSTOP)
            time_passes()
            signed_up(session, "during@example.org")
            with processes.stand_in(env):
                server.wait_for_mail_to("during@example.org")
            for running in (worker, beat):
                os.killpg(running.pid, signal.SIGCONT)
            signed_up(session, "after@example.org")
            server.wait_for_mail_to("after@example.org")

    assert SweepRun.objects.filter(by=By.STAND_IN).exists()
    assert set(server.message_ids.values()) == {1}


def test_broker_that_is_away_keeps_no_mail_from_going(session):
    with processes.MailServer() as server:
        away = f"redis://127.0.0.1:{servers.free_port()}/0"
        env = processes.environment(server.port, REDIS_URL=away)
        with processes.worker(env), processes.beat(env), processes.stand_in(env):
            signed_up(session, "during@example.org")
            server.wait_for_mail_to("during@example.org")

    assert set(SweepRun.objects.values_list("by", flat=True)) == {By.STAND_IN}


def test_negative_control_without_the_stand_in_it_waits_for_the_broker(session):
    with processes.MailServer() as server:
        away = f"redis://127.0.0.1:{servers.free_port()}/0"
        env = processes.environment(server.port, REDIS_URL=away)
        with processes.worker(env), processes.beat(env):
            signed_up(session, "during@example.org")
            threading.Event().wait(8)

    assert Message.objects.get(kind="booked").state == Message.State.WAITING
