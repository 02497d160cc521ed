"""The weekly drill, and backups in a bucket of a real server that speaks S3."""

import os
from contextlib import closing
from datetime import timedelta

import psycopg2
import pytest
from cryptography.fernet import Fernet
from django.conf import settings as django_settings
from django.core.management import call_command
from django.core.management.base import CommandError

from collective import clock
from collective.models import Backup
from portal.backups import bringing_back, opening, postgres, proving, taking
from portal.backups.bringing_back import Asked
from portal.backups.problems import BackupError
from tests import s3
from tests.backups import OURS, back_up, newest, refusal, url, use_keys
from tests.faults.test_backup import fingerprints

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("backup_site"),
]


def proof_name():
    return f"{postgres.address()['dbname']}_backup_proof"


def on_the_server(*sql):
    """What the last of these statements gives."""
    with closing(psycopg2.connect(url())) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        for statement in sql:
            cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def left_over():
    """Is the drill's database there?"""
    return bool(on_the_server(f"SELECT 1 FROM pg_database WHERE datname = '{proof_name()}'"))


def test_drill_brings_the_newest_set_back_beside_sends_nothing_and_says_so(folder, capsys):
    back_up(folder)
    before = fingerprints(url())
    call_command("prove_backup", str(folder))

    backup, after = Backup.objects.get(), fingerprints(url())
    assert (backup.proof_error, left_over()) == ("", False)
    assert backup.proved_at > clock.now() - timedelta(minutes=5)
    assert {name for name in before if before[name] != after[name]} == {"collective_backup"}
    assert "comes back whole" in capsys.readouterr().out


def failed_drill(folder):
    with pytest.raises(CommandError):
        call_command("prove_backup", str(folder))
    return Backup.objects.get().proof_error, left_over()


def test_drill_that_finds_a_damaged_file_says_so_on_its_row(folder):
    back_up(folder)
    path = next(folder.glob("*.dump"))
    path.write_bytes(path.read_bytes()[:-10])

    error, left = failed_drill(folder)

    assert ("was cut off" in error, left) == (True, False)


def test_drill_drops_its_database_when_the_tables_differ(folder, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(taking.postgres, "tables", lambda cursor: {"collective_person": 77})
        back_up(folder)

    error, left = failed_drill(folder)

    assert ("tables are not as when" in error, left) == (True, False)


def test_database_of_a_killed_drill_is_dropped_by_the_next():
    made = f'CREATE DATABASE "{proof_name()}"'
    on_the_server(made, f"COMMENT ON DATABASE \"{proof_name()}\" IS '{proving.OURS}'")
    with proving.second_database():
        assert left_over()

    assert not left_over()


def test_database_that_the_drill_did_not_make_is_left_alone():
    on_the_server(f'CREATE DATABASE "{proof_name()}"')
    with pytest.raises(BackupError, match="did not make"), proving.second_database():
        pass

    assert left_over()
    on_the_server(f'DROP DATABASE "{proof_name()}"')


def test_key_that_nothing_was_under_any_more_is_not_asked_for(folder, settings):
    ours = settings.FIELD_KEYS[0]
    use_keys(settings, ours, f"old:{Fernet.generate_key().decode()}")
    back_up(folder)
    use_keys(settings, ours)

    bringing_back.check(newest(folder), Asked())


def test_older_key_that_something_is_still_under_is_asked_for(folder, settings):
    ours, new = settings.FIELD_KEYS[0], f"new:{Fernet.generate_key().decode()}"
    use_keys(settings, new, ours)
    back_up(folder)
    use_keys(settings, new)

    assert "lacks the key “tests”" in refusal(newest(folder))


@pytest.fixture(scope="module")
def s3_server():
    with s3.running() as address:
        yield address


@pytest.fixture
def bucket(s3_server, settings, tmp_path):
    """A place of this test's own in the bucket."""
    for name, value in s3.SETTINGS.items():
        setattr(settings, name, value)
    settings.BACKUP_S3_ENDPOINT = s3_server
    return f"s3://{s3.BUCKET}/site/{tmp_path.name}"


def test_set_in_a_bucket_is_read_whole_as_one_in_a_folder(bucket, capsys):
    back_up(bucket, "--encrypt-to", str(OURS.to_public()))
    dump = capsys.readouterr().out.strip()
    chosen = opening.choose(dump, [OURS])
    bringing_back.check(chosen, Asked())

    assert dump.startswith(f"{bucket}/collective-") and dump.endswith(".dump.age")


def test_old_sets_in_a_bucket_go(bucket, monkeypatch):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now - timedelta(days=40))
    back_up(bucket)
    monkeypatch.setattr(clock, "now", lambda: now)
    back_up(bucket)

    assert len(opening.target_of(bucket).names()) == 3


def test_failing_backup_leaves_nothing_in_a_bucket(bucket, monkeypatch):
    def fail(folder, writer):
        writer.write(os.urandom(40_000_000))
        raise BackupError("The uploads cannot be read.")

    monkeypatch.setattr(taking.media, "pack", fail)
    with pytest.raises(CommandError, match="The uploads cannot be read"):
        back_up(bucket)

    assert opening.target_of(bucket).names() == []
    assert not s3.uploads_left(django_settings.BACKUP_S3_ENDPOINT)


def test_bucket_that_does_not_answer_is_told(bucket, settings, monkeypatch):
    monkeypatch.setattr("portal.backups.buckets.PATIENCE", timedelta(seconds=1))
    settings.BACKUP_S3_ENDPOINT = "http://127.0.0.1:9"

    with pytest.raises(CommandError, match=f"{bucket}: cannot look into it"):
        back_up(bucket)
