"""A mail server that is down, refuses, or is reached by a sender that froze: nothing lost, nothing
twice.
"""

import os
import signal
from collections import Counter
from datetime import timedelta

import pytest
import redis
import time_machine
from django.conf import settings as django_settings

from collective import clock
from collective.background import doorbell, sweeps
from collective.messages import mail
from collective.models import Message, Problem
from collective.seeing import problems
from dev import servers
from events.models import Registration
from tests import processes
from tests.factories import CoordinatorFactory, PersonFactory, SessionFactory, sign_up

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
MAILS = 60
State = Message.State


@pytest.fixture
def session(community):
    start = clock.now() + timedelta(days=20)
    return SessionFactory(places=500, starts_at=start, ends_at=start + timedelta(hours=2))


@pytest.fixture(autouse=True)
def empty_broker():
    redis.Redis.from_url(django_settings.REDIS_URL).flushall()


def time_passes():
    """Every message that waits for its next try is due."""
    Message.objects.filter(state=State.WAITING).update(due_at=clock.now() - timedelta(seconds=1))


def an_hour_down(settings):
    """Nobody listens at the port: the tries of an hour (after 1, 2, 5, 10, 20 and 30 minutes), all
    in vain.
    """
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", servers.free_port()
    for _ in range(6):
        time_passes()
        mail.send_due()


def deliver(settings, server):
    """The server is there again: sweep until nothing waits."""
    settings.EMAIL_PORT = server.port
    while Message.objects.filter(state=State.WAITING).exists():
        time_passes()
        mail.send_due()


def test_an_hour_down_then_temporary_and_final_refusals_lose_nothing(session, settings):
    people = [sign_up(session).person for _ in range(MAILS)]
    an_hour_down(settings)
    still_signs_up = sign_up(session)
    addresses = [person.email for person in people]
    with processes.MailServer() as server:
        for number, reply in enumerate(("421 busy", "450 later", "452 full")):
            server.fails[addresses[number]] = [reply]
            server.refuses[addresses[number + 3]] = [reply] * 3
            server.refuses[addresses[number + 6]] = ["550 5.1.1 no such mailbox"]
        deliver(settings, server)

    assert still_signs_up.state == Registration.State.CONFIRMED
    assert set(server.message_ids.values()) == {1}
    assert Counter(Message.objects.values_list("state", flat=True)) == {
        State.SENT: MAILS - 2,
        State.FAILED: 3,
    }
    assert set(Message.objects.failed().values_list("person__email", flat=True)) == set(
        addresses[6:9]
    )


def three_hours(traveller, server):
    """The sweeps, while the relay refuses our sender: when each thing is told."""
    began, told = clock.now(), {}
    server.refuses_us = "550 5.7.1 not your domain"
    for _ in range(36):
        sweeps.run("problems")
        mail.send_due()
        if problems.mail_is_refused():
            told.setdefault("ready", clock.now() - began)
        if Problem.objects.exclude(told_at=None).exists():
            told.setdefault("today", clock.now() - began)
        traveller.shift(timedelta(minutes=5))
    return told


def test_relay_that_refuses_our_sender_for_three_hours_is_told_once_and_loses_nothing(
    session, settings, monkeypatch
):
    monkeypatch.setattr(problems, "SORTS", {"mail": problems.SORTS["mail"]})
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    jo = CoordinatorFactory(email="jo@example.org")
    with time_machine.travel(clock.now()) as traveller, processes.MailServer() as server:
        settings.EMAIL_PORT = server.port
        people = [sign_up(session).person for _ in range(5)]
        told = three_hours(traveller, server)
        during = Counter(Message.objects.values_list("state", flat=True))
        server.refuses_us = ""
        for _ in range(10):
            traveller.shift(timedelta(minutes=5))
            sweeps.run("problems")
            mail.send_due()

    assert during == {State.WAITING: 5 + 1}
    assert told["ready"] <= timedelta(minutes=20) and told["today"] <= timedelta(minutes=30)
    assert Counter(to for to, _ in server.mails) == Counter(
        [*(person.email for person in people), jo.email, jo.email]
    )
    subjects = [letter["Subject"] for to, letter in server.mails if to == jo.email]
    words = "our mail is not taken"
    assert subjects == [f"This needs a look: {words}", f"It is over: {words}"]


def test_negative_control_taking_every_error_for_final_loses_all(session, settings, monkeypatch):
    for _ in range(MAILS):
        sign_up(session)
    monkeypatch.setattr(mail.refusals, "is_final", lambda *_: True)

    an_hour_down(settings)

    assert Message.objects.failed().count() == MAILS


def freeze_past_the_lease(session, off=""):
    """How often a mail comes whose worker freezes before its first word to the server.

    Another takes the message over meanwhile. The frozen one is patient: only its last look, and no
    time-out of the mail, may keep it from sending.
    """
    with processes.MailServer() as server, processes.Gate(server.port) as gate:
        slow = processes.environment(
            gate.port, PROTECTION_OFF=off, MAIL_PATIENCE=str(processes.PATIENCE)
        )
        fast = processes.environment(server.port)
        with processes.worker(slow, "tests.faults.unprotected") as frozen:
            message = Message.objects.get(person=sign_up(session).person)
            assert gate.came.wait(processes.PATIENCE)
            os.killpg(frozen.pid, signal.SIGSTOP)
            Message.objects.update(lease_until=clock.now() - timedelta(seconds=1))
            with processes.worker(fast):
                doorbell.ring("collective.sweep")
                assert server.wait_for(1)
            gate.opened.set()
            os.killpg(frozen.pid, signal.SIGCONT)
            server.wait_for_mail_to(
                sign_up(session, PersonFactory(email="marker@example.org")).person.email
            )
    return server.message_ids[message.message_id]


def test_worker_frozen_past_its_lease_sends_nothing_twice(session):
    assert freeze_past_the_lease(session) == 1


def test_negative_control_without_the_last_look_a_frozen_worker_sends_twice(session):
    assert freeze_past_the_lease(session, off="fence") == 2


def test_without_beat_nothing_is_lost_and_one_that_returns_sends_it_once(session):
    registrations = [sign_up(session) for _ in range(20)]
    later = clock.now() + timedelta(minutes=10)
    Message.objects.update(due_at=later)
    with processes.MailServer() as server:
        env = processes.environment(server.port)
        with processes.worker(env):
            marker = sign_up(session)
            server.wait_for_mail_to(marker.person.email)
            time_passes()
            unsent = Message.objects.filter(state=State.WAITING).count()
            with processes.beat(env):
                assert server.wait_for(21)

    assert unsent == len(registrations)
    assert set(server.message_ids.values()) == {1}
