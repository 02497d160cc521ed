"""Where the benchmarks run: a database of their own, and the real processes.

Importing it starts PostgreSQL and sets Django up, so that a benchmark imports it before any model.
"""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from subprocess import Popen
from typing import TYPE_CHECKING

import django
import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from dev import postgres, servers
from tests import processes

if TYPE_CHECKING:
    from collective.models import Person

NAME = "collective_benchmark"
# As in production, but on this machine: no HTTPS, mail to a server that counts.
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "collective.settings",
    "SITE_URL": "http://localhost",
    "EXTRA_HOSTS": "127.0.0.1,testserver",
    "EMAIL_URL": "smtp://127.0.0.1:9",
    "WEB_WORKERS": "2",
    "STRIPE_API_KEY": "sk_test_fake",
    "STRIPE_FINANCIAL_ACCOUNT": "fa_test",
    "STRIPE_API_BASE": "http://127.0.0.1:9",
    "STATIC_ROOT": str(servers.LOCAL / "tests" / "static"),
}
PATIENCE = 30  # seconds until the web server must answer

server = postgres.join(servers.LOCAL / "benchmark")
postgres.set_from_the_start(server, "track_commit_timestamp", "on")
addresses = {"DATABASE_URL": server.get_uri(NAME), "REDIS_URL": servers.start_valkey()}
os.environ.update({**servers.WITHOUT_DEBUG, **SETTINGS, **addresses})
django.setup()


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """A fresh, durable database that notes commit times; yields the environment."""
    connection.close()
    admin = psycopg2.connect(server.get_uri())
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {NAME}")
    admin.close()
    call_command("prepare")
    call_command("collectstatic", verbosity=0, interactive=False)
    yield dict(os.environ)


@contextmanager
def running(env: dict[str, str], wsgi: str) -> Iterator[tuple[int, list[Popen[bytes]]]]:
    """Mail server, web, worker and beat; yields the web server's port and the three processes."""
    with ExitStack() as stack:
        mail = stack.enter_context(processes.MailServer())
        port = servers.free_port()
        env = {**env, "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}", "PORT": str(port)}
        beat = stack.enter_context(processes.beat(env))
        worker = stack.enter_context(processes.worker(env))
        web = stack.enter_context(processes.process("gunicorn", wsgi, env=env))
        wait_for_web(port)
        yield port, [web, worker, beat]


def wait_for_web(port: int) -> None:
    client, until = processes.Client(f"http://localhost:{port}"), time.monotonic() + PATIENCE
    while not client.answers() and time.monotonic() < until:
        pass


def cookie_of(person: "Person") -> str:
    """The session key of a browser in which this person is signed in."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store["_auth_user_id"] = str(person.pk)
    store["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    store["_auth_user_hash"] = person.get_session_auth_hash()
    store.create()
    assert store.session_key
    return store.session_key
