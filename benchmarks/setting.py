"""Where the benchmarks run: a database of their own on the embedded server, and the real
processes.
"""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from subprocess import Popen
from typing import TYPE_CHECKING

import django
import psycopg2
from django.core.management import call_command
from django.db import connection

from dev import postgres, servers
from tests import processes

if TYPE_CHECKING:
    from collective.models import Person

NAME = "collective_benchmark"
# As in production, but on this machine: no HTTPS, mail to a server that counts.
SETTINGS = {
    "DEBUG": "",
    "DJANGO_SETTINGS_MODULE": "collective.settings",
    "SITE_URL": "http://localhost",
    "EMAIL_URL": "smtp://127.0.0.1:9",
    "WEB_WORKERS": "2",
    "STRIPE_API_KEY": "sk_test_fake",
    "STRIPE_FINANCIAL_ACCOUNT": "fa_test",
    "STRIPE_API_BASE": "http://127.0.0.1:9",
    "STATIC_ROOT": str(servers.LOCAL / "tests" / "static"),
}


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """A fresh, durable database that notes commit times; Django is set up on it.

    Yields the environment.
    """
    server = postgres.join(servers.LOCAL / "benchmark")
    postgres.set_from_the_start(server, "track_commit_timestamp", "on")
    admin = psycopg2.connect(server.get_uri())
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {NAME}")
    addresses = {"DATABASE_URL": server.get_uri(NAME), "REDIS_URL": servers.start_valkey()}
    os.environ.update({**servers.DEVELOPMENT, **SETTINGS, **addresses})
    set_up()
    yield dict(os.environ)
    admin.close()


def set_up() -> None:
    django.setup()
    connection.close()
    call_command("prepare")
    call_command("collectstatic", verbosity=0, interactive=False)


@contextmanager
def running(env: dict[str, str], wsgi: str) -> Iterator[tuple[int, list[Popen[bytes]]]]:
    """Mail server, web, worker and beat; yields the web server's port and the three processes."""
    with ExitStack() as stack:
        server = stack.enter_context(processes.MailServer())
        env = {**env, "EMAIL_URL": f"smtp://127.0.0.1:{server.port}"}
        beat = stack.enter_context(processes.beat(env))
        worker = stack.enter_context(processes.worker(env))
        port = servers.free_port()
        with_port = {**env, "PORT": str(port)}
        web = stack.enter_context(processes.process("gunicorn", wsgi, env=with_port))
        client = processes.Client(f"http://localhost:{port}")
        deadline = time.monotonic() + 30
        while not client.answers() and time.monotonic() < deadline:
            pass
        yield port, [web, worker, beat]


def cookie_of(person: "Person") -> str | None:
    """The session key of a browser in which this person is signed in."""
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415 needs apps

    store = SessionStore()
    store["_auth_user_id"] = str(person.pk)
    store["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    store["_auth_user_hash"] = person.get_session_auth_hash()
    store.create()
    return store.session_key


def drop_constraint() -> None:
    """For the negative control."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE events_registration DROP CONSTRAINT one_holder_per_seat")
