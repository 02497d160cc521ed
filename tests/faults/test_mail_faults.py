"""Workers that die and brokers that forget: no mail is lost, none comes twice without a kill."""

from datetime import timedelta

import pytest
import redis
from django.conf import settings

from collective import clock
from collective.background import doorbell, sweeps
from collective.models import Message
from events.models import Reminder
from events.sessions.messages import reminders
from tests import processes
from tests.factories import PersonFactory, SessionFactory, sign_up

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
MAILS, KILLS, REMINDERS = 200, 3, 50
State = Message.State


@pytest.fixture(autouse=True)
def empty_broker():
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.flushall()
    return broker


@pytest.fixture
def session(community):
    start = clock.now() + timedelta(days=20)
    return SessionFactory(places=500, starts_at=start, ends_at=start + timedelta(hours=2))


def quiet(session, people):
    """People with a place and no mail waiting."""
    registrations = [sign_up(session) for _ in range(people)]
    Message.objects.all().delete()
    return registrations


def leases_run_out():
    """Time passes: what a killed worker had claimed may be taken by another."""
    Message.objects.filter(state=State.SENDING).update(
        lease_until=clock.now() - timedelta(seconds=1)
    )


def kill_while_sending(server, env, app):
    """Kill the worker -9 three times amid the mails; returns how many Message-IDs there should have
    been.
    """
    for number in range(1, KILLS + 1):
        with processes.worker(env, app) as running:
            assert server.wait_for(number * MAILS // (KILLS + 2))
            assert server.catch_sender()
            processes.kill(running)
    leases_run_out()
    return set(Message.objects.values_list("message_id", flat=True))


def test_worker_killed_three_times_while_200_mails_go_out_loses_none(session, empty_broker):
    with processes.MailServer(slow=0.01) as server:
        env = processes.environment(server.port)
        for _ in range(MAILS):
            sign_up(session)
        wanted = kill_while_sending(server, env, "collective")
        with processes.worker(env), processes.beat(env):
            assert server.wait_for(MAILS)

    received = server.message_ids
    assert set(received) == wanted
    assert sum(received.values()) - MAILS <= KILLS


def test_negative_control_marking_as_sent_first_loses_mail(session):
    with processes.MailServer(slow=0.01) as server:
        env = processes.environment(server.port, PROTECTION_OFF="claim")
        for _ in range(MAILS):
            sign_up(session)
        wanted = kill_while_sending(server, env, "tests.faults.unprotected")
        with processes.worker(env, "tests.faults.unprotected"):
            marker = sign_up(session)
            server.wait_for_mail_to(marker.person.email)
            while Message.objects.filter(state=State.WAITING).exists():
                doorbell.ring("collective.sweep")
                server.wait_for(len(server.message_ids) + 1)

    assert len(wanted - set(server.message_ids)) == KILLS  # one mail a kill, for good


def fall_due(session):
    """The reminder falls due, is fanned out and rung for; then the broker forgets everything."""
    Reminder.objects.filter(session=session).exclude(days_before=7).delete()
    Reminder.objects.filter(session=session).update(due_at=clock.now() - timedelta(seconds=1))
    reminders.fan_out_all_due()
    redis.Redis.from_url(settings.REDIS_URL).flushall()


def test_broker_flushed_while_50_reminders_fall_due_loses_and_doubles_none(session):
    quiet(session, REMINDERS)
    with processes.MailServer() as server:
        env = processes.environment(server.port)
        fall_due(session)
        with processes.worker(env), processes.beat(env):
            assert server.wait_for(REMINDERS)
            sweeps.run_all()

    assert set(server.message_ids.values()) == {1}
    assert Message.objects.filter(kind="reminder", state=State.SENT).count() == REMINDERS


def test_negative_control_without_sweeps_a_flushed_broker_loses_all(session):
    quiet(session, REMINDERS)
    with processes.MailServer() as server:
        env = processes.environment(server.port)
        fall_due(session)
        with processes.worker(env):
            marker = PersonFactory()
            sign_up(session, marker)
            server.wait_for_mail_to(marker.email)

    assert Message.objects.filter(kind="reminder", state=State.WAITING).count() == REMINDERS


def test_two_beats_send_nothing_twice(session):
    quiet(session, REMINDERS)
    with processes.MailServer() as server:
        env = processes.environment(server.port)
        fall_due(session)
        with processes.worker(env), processes.worker(env), processes.beat(env), processes.beat(env):
            assert server.wait_for(REMINDERS)

    assert set(server.message_ids.values()) == {1}
