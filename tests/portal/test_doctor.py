"""Each check says ok, or what to do, and none goes wrong itself."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse
from django.utils import timezone
from whitenoise.storage import CompressedManifestStaticFilesStorage

from collective import clock, environment
from collective.background import sweeps
from collective.models import Backup, Message, SweepRun
from collective.safety import key_proof
from collective.seeing import disks
from payments.sending import gateway
from portal import doctor
from portal.doctor import data, machine, mail_try, others
from portal.doctor.lines import NO_DATABASE, Check, Line
from portal.management.commands import doctor as command
from tests.factories import PersonFactory
from tests.keys import keys, new_key

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def run(*options):
    """(the exit status, what is printed)."""
    out = StringIO()
    try:
        call_command("doctor", *options, stdout=out)
    except CommandError:
        return 1, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def well(community, settings, tmp_path):
    """An installation in which all is well, as far as this machine and the database go."""
    settings.MEDIA_ROOT = tmp_path
    key_proof.write()
    for name in sweeps.names():
        SweepRun.objects.create(name=name, finished_at=clock.now())
    Backup.objects.create(taken_at=clock.now() - HOUR, proved_at=clock.now())


@pytest.fixture
def only_quick(monkeypatch):
    monkeypatch.setattr(doctor, "SLOW", [])


def test_quick_ones_are_all_ok_where_all_is_well(well):
    assert [line for line in doctor.lines(doctor.QUICK) if not line.ok] == []


def test_command_ends_with_0_where_all_is_well(well, only_quick):
    status, said = run()

    assert status == 0
    assert all(line.startswith("ok ") for line in said.splitlines())


def test_fresh_installation_is_well_before_its_first_backup(well, only_quick):
    Backup.objects.all().delete()

    status, said = run()

    assert status == 0
    assert "ok  Backups: No backup was seen yet" in said


def test_command_ends_with_1_and_says_what_to_do(well, only_quick):
    Backup.objects.all().delete()
    SweepRun.objects.filter(name="messages").update(started_at=clock.now() - 27 * HOUR)

    status, said = run()

    assert status == 1
    assert "->  Backups: No backup was seen yet. Run `backup` every night" in said


def test_lines_can_be_had_as_json(well, only_quick):
    _, said = run("--json")

    found = json.loads(said)
    assert [row["name"] for row in found] == [*(check.name for check in doctor.QUICK), "Mail"]
    assert found[0] == {
        "name": "Settings",
        "ok": True,
        "words": "Nothing is wrong with them.",
    }


def test_check_that_fails_is_a_line_like_others():
    assert Check("One", lambda: 1 / 0).line() == Line(
        "One", False, "This could not be asked: ZeroDivisionError."
    )


def test_check_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(command, "LONGEST", 1)
    for_ever = Check("One", lambda: [None for _ in iter(int, 1)])

    (line,) = command.bounded([for_ever])

    assert line == Line("One", False, "This could not be asked: TimeoutError.")


def test_fault_of_a_database_that_answers_is_told_as_what_it_is(transactional_db):
    line = Check("One", lambda: Backup.objects.extra(where=["nothing"]).get()).line()

    assert line.words == "This could not be asked: ProgrammingError: 42703 undefined_column."


def test_other_keys_are_seen(well):
    with keys(new_key()):
        assert "Put that key back" in data.keys()[1]


def test_row_of_any_kind_that_no_key_opens_is_seen(well):
    with keys(new_key("lost")):
        PersonFactory(phone="+442079460199")

    assert data.keys()[0]
    assert "encrypted with lost" in data.keys_of_each_kind()[1]


def test_missing_migration_is_named(well):
    newest = MigrationRecorder.Migration.objects.filter(app="collective").latest("name")
    newest.delete()

    assert data.migrations() == (
        False,
        f"collective.{newest.name} is missing. Run the command `prepare`.",
    )


def test_old_database_is_refused(monkeypatch):
    monkeypatch.setattr(data, "OLDEST_POSTGRES", 99)

    ok, words = data.database()

    assert not ok
    assert words.endswith("and 99 is needed. Upgrade it first.")


def test_late_sweeps_are_named(well):
    SweepRun.objects.filter(name="messages").delete()

    assert data.sweeps_in_time()[1].startswith("messages is late. Are worker and beat running?")


@pytest.mark.parametrize(("seconds", "way"), [(3600, "behind"), (-3600, "ahead")])
def test_clock_that_is_wrong_is_told(monkeypatch, seconds, way):
    apart = timedelta(seconds=seconds)
    monkeypatch.setattr(clock, "of_database", lambda: timezone.now() + apart)

    ok, words = data.clocks()

    assert not ok
    assert f"differ by 3600 s (this one is {way})" in words


@pytest.mark.parametrize(("ago", "ok"), [(HOUR, True), (27 * HOUR, False), (-HOUR, False)])
def test_old_backup_and_one_of_the_future_are_none(ago, ok):
    SweepRun.objects.create(name="messages", started_at=clock.now() - 27 * HOUR)
    Backup.objects.create(taken_at=clock.now() - ago)

    assert data.backups()[0] == ok


def test_https_without_a_trusted_proxy_is_told(settings):
    settings.HTTPS, settings.TRUSTED_PROXIES = True, 0

    assert machine.proxies() == (False, machine.PROXIES)


def test_full_disk_is_told_with_its_folder(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "not" / "there"
    monkeypatch.setattr(disks, "LEAST", 2**60)

    ok, words = machine.disk()

    assert not ok
    assert f"{tmp_path} (uploads)" in words and "Make room" in words


def test_folder_that_takes_no_file_is_told(settings):
    settings.MEDIA_ROOT = "/proc/nothing-is-written-here"

    assert "cannot be written to" in machine.media_takes_files()[1]


def test_static_files_of_another_version_are_told(monkeypatch, tmp_path):
    assert machine.static_files() == (True, "Those of this version were collected.")

    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "newer.css").write_text("")
    monkeypatch.setattr(environment, "BASE_DIR", tmp_path)

    assert "of another version" in machine.static_files()[1]


def test_missing_static_files_are_told(monkeypatch, tmp_path):
    empty = CompressedManifestStaticFilesStorage(location=tmp_path)
    monkeypatch.setattr(machine, "staticfiles_storage", empty)

    assert "Run `collectstatic --no-input`" in machine.static_files()[1]


def test_broker_answers():
    assert others.broker() == (True, "It answers.")


def test_broker_that_is_away_is_told(monkeypatch):
    monkeypatch.setattr(others.app.conf, "broker_url", "redis://127.0.0.1:9/0")

    assert "Nothing answers at REDIS_URL" in others.broker()[1]


def test_worker_that_is_not_there_is_told():
    assert "No worker answers. Start one, or the role" in others.worker()[1]


def test_site_that_cannot_be_reached_is_told(settings):
    settings.SITE_URL = "http://127.0.0.1:9"

    assert "cannot be reached from here" in others.site()[1]


class LeadsToItself(BaseHTTPRequestHandler):
    """A site whose proxy does not say that it speaks HTTPS."""

    def do_GET(self):
        is_live = self.path == "/health/live"
        self.send_response(200 if is_live else 301)
        self.send_header("Location", "/")
        self.end_headers()
        self.wfile.write(b'{"status": "live"}')

    def log_message(self, *arguments):
        pass


def test_page_that_leads_to_itself_is_told_with_what_to_set(settings):
    with HTTPServer(("127.0.0.1", 0), LeadsToItself) as server:
        threading.Thread(target=server.serve_forever).start()
        settings.SITE_URL = f"http://127.0.0.1:{server.server_port}"
        ok, words = others.site()
        server.shutdown()

    assert not ok
    assert "leads to itself" in words and "set TRUSTED_PROXIES" in words


def test_stripe_answers(stripe):
    assert others.stripe() == (True, "Stripe answers to our keys.")


@pytest.mark.parametrize(
    ("error", "words"),
    [(gateway.NotAccepted, "not to these keys"), (gateway.NotReached, "cannot be reached now")],
)
def test_stripe_that_does_not_answer_is_told(monkeypatch, error, words):
    def balance():
        raise error

    monkeypatch.setattr(gateway, "balance", balance)

    assert words in others.stripe()[1]


def test_half_of_stripes_keys_is_told(settings):
    settings.STRIPE_WEBHOOK_SECRET = ""

    assert "STRIPE_WEBHOOK_SECRET must be set too" in others.stripe()[1]


def test_mail_goes_the_way_of_every_mail(community, outbox, monkeypatch):
    monkeypatch.setattr(mail_try, "EVERY", 0)
    monkeypatch.setattr(mail_try.doorbell, "ring", lambda *row: sweeps.run("messages"))

    assert mail_try.send("me@example.org")[0]
    assert [row.to for row in outbox] == [["me@example.org"]]


def test_mail_that_is_refused_is_told_with_its_reason(community, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    row = mail_try.write("me@example.org")
    sweeps.run("messages")

    ok, words = mail_try.outcome(row)

    assert not ok
    assert "ConnectionRefusedError" in words and "EMAIL_URL" in words


def test_mail_to_no_address_is_refused():
    with pytest.raises(CommandError, match="--mail-to me"):
        call_command("doctor", "--mail-to", "me")

    assert not Message.objects.exists()


def test_start_says_only_what_is_wrong(well):
    assert run("--start") == (0, "")
    with keys(new_key()):
        status, said = run("--start")

    assert status == 1
    assert said.startswith("->  Keys: These are not the keys")


def test_start_waits_for_no_database(monkeypatch):
    def away():
        raise OperationalError

    monkeypatch.setattr(doctor, "AT_THE_START", [Check("Keys", away)])
    monkeypatch.setattr(connection, "close", lambda: None)

    assert run("--start") == (0, "")
    assert doctor.AT_THE_START[0].line().words == NO_DATABASE


def test_secret_that_was_changed_is_told_and_keeps_nothing_from_starting(well, settings):
    settings.SECRET_KEY = "another-" * 10

    assert run("--start") == (0, "")
    assert "run `manage.py rotate_field_keys`" in data.keys()[1]


def test_page_shows_the_quick_lines(client, coordinator, well):
    page = client.get(reverse("admin:status")).content.decode()

    assert [check.name for check in doctor.QUICK if f">{check.name}</th>" not in page] == []
    assert "Every migration is applied." in page


@pytest.mark.parametrize("rows", [1, 3])
def test_page_asks_the_same_number_of_queries_whatever_there_is(
    client, coordinator, well, django_assert_num_queries, rows
):
    for _ in range(rows):
        PersonFactory(phone="+442079460199")
        SweepRun.objects.create(name="messages", error="no")
        Backup.objects.create(taken_at=clock.now() - rows * HOUR)
    address = reverse("admin:status")
    client.get(address)

    with django_assert_num_queries(43):
        client.get(address)
