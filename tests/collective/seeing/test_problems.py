"""What is late, refused or full: staff are told once, and once when it is over."""

import shutil
from collections import namedtuple
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from collective import clock
from collective.background import standing_in, sweeps
from collective.messages import mail
from collective.models import Backup, Message, Problem, SweepRun
from collective.seeing import heartbeat, problems
from tests.factories import CoordinatorFactory, PersonFactory, SessionFactory, sign_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early")]
Disk = namedtuple("Disk", "total used free")
GIGABYTE = 2**30


@pytest.fixture
def full_disk(monkeypatch):
    """A disk that is full until it is emptied."""
    room = {"free": 5 * GIGABYTE}
    disk = 100 * GIGABYTE
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Disk(disk, 0, room["free"]))
    return room


def looks(early, minutes):
    """The sweeps that look and that send, each minute."""
    for _ in range(minutes):
        sweeps.run("problems")
        mail.send_due()
        early.shift(timedelta(minutes=1))


def refused(number, *, minutes, code="sender 550", attempts=5):
    """So many people's mail, refused for so long."""
    session = SessionFactory(places=100)
    for _ in range(number):
        sign_up(session)
    at = clock.now() - timedelta(minutes=minutes)
    Message.objects.update(refused_at=at, refused_as=code, attempts=attempts)


def alone(name, monkeypatch):
    """Only this sort of problem is looked for."""
    monkeypatch.setattr(problems, "SORTS", {name: problems.SORTS[name]})


def test_staff_are_told_once_and_once_when_it_is_over(early, outbox, monkeypatch, full_disk):
    alone("disk", monkeypatch)
    CoordinatorFactory(email="jo@example.org")
    PersonFactory()
    looks(early, 10)
    began = [(letter.subject, letter.to) for letter in outbox]
    full_disk["free"] = 50 * GIGABYTE

    looks(early, 10)

    assert began == [("This needs a look: the disk is nearly full", ["jo@example.org"])]
    assert outbox[1].subject == "It is over: the disk is nearly full"
    assert "The disk is nearly full" in outbox[0].body and "This is over" in outbox[1].body


def test_what_is_there_for_a_moment_is_told_to_nobody(early, outbox, monkeypatch, full_disk):
    alone("disk", monkeypatch)
    CoordinatorFactory()
    looks(early, 1)
    full_disk["free"] = 50 * GIGABYTE

    looks(early, 10)

    assert (outbox, Problem.objects.open().exists()) == ([], False)


def test_staff_who_want_no_mail_are_told_only_where_nobody_else_is(monkeypatch):
    wants, wants_not = CoordinatorFactory(), CoordinatorFactory(wants_staff_mail=False)
    finance = CoordinatorFactory()
    finance.groups.set([Group.objects.get(name="Finance")])
    first = [person.pk for person in problems._whom_to_tell()]
    type(wants).objects.filter(pk=wants.pk).update(is_active=False)

    assert (first, list(problems._whom_to_tell())) == ([wants.pk], [wants_not])


@pytest.mark.parametrize(
    ("rows", "is_told"),
    [
        ({"number": 1, "minutes": 16}, True),
        ({"number": 1, "minutes": 14}, False),
        ({"number": 1, "minutes": 16, "attempts": 1}, False),
        ({"number": 1, "minutes": 600, "code": "recipient 450 4.2.0"}, False),
        ({"number": 2, "minutes": 16, "code": "recipient 450 4.2.0"}, True),
    ],
)
def test_mail_is_refused_after_a_quarter_of_an_hour_but_not_by_one_busy_mailbox(rows, is_told):
    refused(**rows)

    assert problems.mail_is_refused() is is_told


@pytest.mark.parametrize(
    ("number", "code", "is_told"),
    [(4, "sender 550", False), (5, "sender 550", True), (5, "recipient 452 4.2.2", False)],
    ids=["few", "many", "full mailboxes"],
)
def test_relay_that_takes_some_mail_is_told_of_when_it_refuses_many(number, code, is_told):
    refused(number, minutes=16, code=code)
    sent = Message.objects.get(person=sign_up(SessionFactory()).person)
    Message.objects.filter(pk=sent.pk).update(state="sent", sent_at=clock.now())

    assert problems.mail_is_refused() is is_told


def test_ready_and_system_status_say_that_mail_is_refused(client, coordinator):
    sweeps.run_all()
    refused(2, minutes=16)
    ready = client.get("/health/ready")
    page = " ".join(client.get(reverse("admin:status")).content.decode().split())

    assert (ready.status_code, ready.json()) == (503, {"status": "mail is refused"})
    assert "Our mail is not taken" in page and "2 mails refused" in page
    assert "<code>sender 550</code>" in page


def test_today_says_what_mail_cannot(client, coordinator, early, monkeypatch):
    alone("mail", monkeypatch)
    refused(2, minutes=16)
    for _ in range(2):
        sweeps.run("problems")
        early.shift(timedelta(minutes=1))

    assert "Our mail is not taken" in client.get("/admin/").content.decode()


def test_today_says_that_nothing_runs(client, coordinator, early):
    sweeps.run_all()
    before = client.get("/admin/").content.decode()
    early.shift(timedelta(minutes=4))

    page = client.get("/admin/").content.decode()

    assert ("Nothing runs by itself" in before, "Nothing runs by itself" in page) == (False, True)


def test_mail_that_waits_for_ten_minutes_is_a_problem(early):
    sign_up(SessionFactory())
    early.shift(timedelta(minutes=10))
    before = problems.mail_waits()
    early.shift(timedelta(seconds=1))

    assert (before, problems.mail_waits()) == (False, True)


def test_backup_of_the_last_day_is_asked_for_once_it_has_run_for_a_day(early, settings):
    sweeps.run("messages")
    fresh = problems.backup_is_old()
    early.shift(timedelta(hours=27))
    old = problems.backup_is_old()
    Backup.objects.create(taken_at=clock.now())

    assert (fresh, old, problems.backup_is_old()) == (False, True, False)


@pytest.mark.parametrize(
    ("total", "free", "is_low"),
    [
        (2000, 150, False),
        (2000, 9, True),
        (100, 9, True),
        (100, 11, False),
        (20, 1.5, True),
        (5, 1.1, False),
        (5, 0.9, True),
    ],
)
def test_disk_is_low_below_a_tenth_but_between_one_and_ten_gigabytes(
    monkeypatch, total, free, is_low
):
    disk = Disk(total * GIGABYTE, 0, free * GIGABYTE)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: disk)

    assert problems.disk_is_full() is is_low


@pytest.mark.parametrize("wrong", [timedelta(hours=1), timedelta(hours=-1)])
def test_stand_in_goes_by_the_clock_that_dates_the_looks(early, monkeypatch, wrong):
    monkeypatch.setattr(clock, "of_database", lambda: clock.now() - wrong)
    sweeps.run_all()
    at_work = (standing_in.is_still(), standing_in.look())
    early.shift(timedelta(minutes=4))

    assert (at_work, standing_in.is_still()) == ((False, False), True)


def test_stand_in_looks_only_while_the_worker_is_silent(early):
    SweepRun.objects.create(name=standing_in.HEART)
    done = []
    for _ in range(4):
        done.append(standing_in.look())
        early.shift(timedelta(seconds=15))

    SweepRun.objects.create(name=standing_in.HEART)

    assert (done, standing_in.look()) == ([False, False, False, True], False)


def test_worker_that_comes_back_begins_at_once_and_the_stand_in_leaves_it_to_it(early):
    before = standing_in.look()
    early.shift(timedelta(seconds=5))
    sweeps.run_all()
    early.shift(timedelta(seconds=10))

    assert (before, standing_in.look()) == (True, False)


def test_stand_in_that_works_for_minutes_is_a_problem_that_ends_with_it(client, early):
    sweeps.run_all()
    for _ in range(14):
        standing_in.look()
        early.shift(timedelta(seconds=15))
    answer = client.get("/health/ready")
    sweeps.run_all()

    words = {"status": "the stand-in does the worker's work"}
    assert (answer.status_code, answer.json()) == (503, words)
    assert client.get("/health/ready").json() == {"status": "ready"}


def test_heartbeat_goes_out_only_while_all_is_well(early, settings, monkeypatch):
    settings.HEARTBEAT_URL = "http://127.0.0.1:9/ping"
    asked = []
    monkeypatch.setattr(heartbeat.requests, "get", lambda url, timeout: asked.append(url) or OK)
    sweeps.run_all()
    early.shift(timedelta(minutes=1))
    heartbeat.send()
    early.shift(timedelta(minutes=5))
    heartbeat.send()

    assert asked == [settings.HEARTBEAT_URL]


def test_heartbeat_that_nobody_takes_is_logged_and_keeps_nothing_late(settings, caplog):
    settings.HEARTBEAT_URL = "http://127.0.0.1:9/ping"
    sweeps.run_all()

    run = sweeps.run("heartbeat")

    assert (run.error, run.seen, run.done) == ("", 1, 0)
    assert "ConnectionError" in caplog.text and "/ping" not in caplog.text


class OK:
    @staticmethod
    def raise_for_status():
        pass
