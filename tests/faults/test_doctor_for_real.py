"""The doctor asks real servers: a worker, the site through its own address, the way of mail."""

import json
import subprocess
import sys

import pytest
import redis
from django.conf import settings

from collective.safety import key_proof
from dev import servers
from tests import processes
from tests.factories import CommunityFactory
from tests.keys import new_key

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def installed():
    redis.Redis.from_url(settings.REDIS_URL).flushall()
    CommunityFactory()
    key_proof.write()


def run(env, *command):
    return subprocess.run(
        [sys.executable, *command],
        env=env,
        cwd=servers.ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )


def doctor(env, *options):
    done = run(env, "manage.py", "doctor", "--json", *options)
    return {row["name"]: row for row in json.loads(done.stdout)}


def test_worker_site_and_mail_are_well_where_they_run():
    with processes.MailServer() as server:
        env = processes.environment(server.port, STRIPE_API_KEY="")
        with processes.worker(env), processes.web(env) as address:
            env["SITE_URL"] = address
            found = doctor(env, "--mail-to", "me@example.org")

        asked = ["Broker", "Worker", "Site", "Mail", "Keys", "Migrations", "Stripe"]
        assert [found[name]["words"] for name in asked if not found[name]["ok"]] == []
        assert [to for to, _ in server.mails] == ["me@example.org"]


def test_nothing_starts_with_other_keys_than_the_databases():
    env = processes.environment(9, FIELD_KEYS=new_key())

    done = run(env, "bin/role", "worker")

    assert done.returncode == 1
    assert "These are not the keys with which this database was written" in done.stdout


def test_nothing_starts_behind_a_proxy_that_is_not_trusted():
    env = processes.environment(9, SITE_URL="https://example.org", TRUSTED_PROXIES="0")

    done = run(env, "bin/role", "web")

    assert done.returncode == 1
    assert "Set TRUSTED_PROXIES=1" in done.stdout


def test_database_that_is_away_keeps_nothing_from_starting():
    env = {**processes.environment(9), "DATABASE_URL": "postgresql://127.0.0.1:9/nobody"}

    assert run(env, "manage.py", "doctor", "--start").returncode == 0


def test_all_that_cannot_be_right_is_said_at_the_start():
    env = processes.environment(9, SITE_URL="https://example.org/x", EMAIL_URL="mail")

    done = run(env, "bin/role", "web")

    assert done.returncode == 1
    assert "\nSITE_URL must end" in done.stderr and "\nEMAIL_URL is no" in done.stderr
