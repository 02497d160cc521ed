"""An installation with nothing but `.env`, as the installer writes it and the units start it."""

import os
import secrets
import shutil
import subprocess
import sys
from contextlib import ExitStack

import pytest
from django.db import connection

from deploy import settings
from dev import pytest_servers, servers
from tests import processes
from tests.deploy import units

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
CODE = ["bin", "collective", "events", "payments", "policy_drafts", "portal", "static", "templates"]
FILES = ["manage.py", "gunicorn.conf.py"]
ONLY = {"PATH": os.environ["PATH"]}
LEFT_OUT = shutil.ignore_patterns("__pycache__")


@pytest.fixture
def database():
    """A database of its own, with the tables and nothing in them; yields its address."""
    name, template = f"installed_{secrets.token_hex(4)}", os.environ[pytest_servers.TEMPLATE]
    with connection.cursor() as cursor:
        cursor.execute(f"create database {name} template {template}")
    address = processes.environment(1)["DATABASE_URL"]
    yield address.replace(f"/{connection.settings_dict['NAME']}", f"/{name}", 1)
    with connection.cursor() as cursor:
        cursor.execute(f"drop database {name} with (force)")


@pytest.fixture
def installed(tmp_path, database):
    """What the installer leaves: a release, `current` that leads to it, its `.env`."""
    release = tmp_path / "releases" / "1"
    for name in CODE:
        shutil.copytree(servers.ROOT / name, release / name, ignore=LEFT_OUT)
    for name in FILES:
        shutil.copy(servers.ROOT / name, release)
    (release / "venv").symlink_to(sys.prefix)
    (tmp_path / "current").symlink_to(release)
    with processes.MailServer() as mail:
        written = settings.settings(told(tmp_path, database, mail.port))
        lines = [f"{name}={value}" for name, value in written.items()]
        (release / ".env").write_text("\n".join(lines))
        yield tmp_path / "current", mail, written["SITE_URL"]


def told(folder, database, mail_port):
    port = str(servers.free_port())
    return {
        "SITE_URL": f"http://localhost:{port}",
        "DATABASE_URL": database,
        "REDIS_URL": os.environ["REDIS_URL"],
        "MAIL_SERVER": f"127.0.0.1:{mail_port}",
        "MAIL_USER": "",
        "MAIL_PASSWORD": "",
        "FROM_EMAIL": "hello@example.org",
        "MEDIA_ROOT": str(folder / "media"),
        "PORT": port,
        "BACKUP_TO": str(folder / "backups"),
        "ALIVE": str(folder),
    }


def run(current, *command):
    role = [str(current / "venv/bin/python"), str(current / "bin/role"), *command]
    subprocess.run(role, env=ONLY, check=True, cwd="/", stdout=subprocess.DEVNULL)


def started(role, current):
    command = units.command(f"collective-{role}.service", current)
    return subprocess.Popen(command, env=ONLY, cwd="/", start_new_session=True)


def test_installation_with_nothing_but_its_file_answers_and_sends_the_first_invitation(installed):
    current, mail, address = installed
    run(current, "prepare")
    run(current, "collectstatic", "--no-input", "--verbosity", "0")
    with ExitStack() as stack:
        for role in ("web", "worker", "beat"):
            stack.callback(processes.kill, started(role, current))

        run(current, "invite_staff", "jo@example.org", "--name", "Jo", "--superuser")

        assert "/admin/" in mail.wait_for_mail_to("jo@example.org").as_string()
        client = processes.Client(address)
        for _ in range(200):  # each waits a tenth of a second or more
            if client.answers():
                break
        assert "/static/" in client.get("/accounts/login/")
