"""Where the benchmarks run: a database of their own on the embedded server, and the real
processes.
"""

import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from urllib.parse import parse_qs, urlsplit

from dev import servers

NAME = "collective_benchmark"
# As in production, but on this machine: no HTTPS, mail to a server that counts.
SETTINGS = {
    "DEBUG": "",
    "SITE_URL": "http://localhost",
    "EMAIL_URL": "smtp://127.0.0.1:9",
    "WEB_WORKERS": "2",
    "STRIPE_API_KEY": "sk_test_fake",
    "STRIPE_FINANCIAL_ACCOUNT": "fa_test",
    "STRIPE_API_BASE": "http://127.0.0.1:9",
    "STATIC_ROOT": str(servers.LOCAL / "tests" / "static"),
}


@contextmanager
def database():
    """A fresh, durable database that notes commit times; Django is set up on it.

    Yields the environment.
    """
    import psycopg2

    url = servers.postgres(servers.LOCAL / "benchmark")
    admin = psycopg2.connect(url)
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute("SHOW track_commit_timestamp")
        if cursor.fetchone() != ("on",):
            cursor.execute("ALTER SYSTEM SET track_commit_timestamp = on")
            servers.stop_postgres(
                servers.LOCAL / "benchmark"
            )  # it notes commit times from its next start on
            raise SystemExit(subprocess.run(sys.orig_argv).returncode)
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {NAME}")
    folder = parse_qs(urlsplit(url).query)["host"][0]
    os.environ.update(
        {
            **servers.DEVELOPMENT,
            **SETTINGS,
            "DATABASE_URL": f"postgresql://postgres@/{NAME}?host={folder}",
        }
    )
    os.environ["REDIS_URL"], _ = servers.valkey()
    os.environ["DJANGO_SETTINGS_MODULE"] = "collective.settings"
    set_up()
    yield dict(os.environ)
    admin.close()


def set_up() -> None:
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    connection.close()
    call_command("prepare")
    call_command("collectstatic", verbosity=0, interactive=False)


@contextmanager
def running(env, wsgi):
    """Mail server, web, worker and beat; yields the web server's port and the three processes."""
    from tests import processes

    with ExitStack() as stack:
        server = stack.enter_context(processes.MailServer())
        env = {**env, "EMAIL_URL": f"smtp://127.0.0.1:{server.port}"}
        beat = stack.enter_context(processes.beat(env))
        worker = stack.enter_context(processes.worker(env))
        port = servers.free_port()
        web = stack.enter_context(
            processes.process("gunicorn", wsgi, env={**env, "PORT": str(port)})
        )
        client = processes.Client(f"http://localhost:{port}")
        deadline = time.monotonic() + 30
        while not client.answers() and time.monotonic() < deadline:
            pass
        yield port, [web, worker, beat]


def cookie_of(person) -> str | None:
    """The session key of a browser in which this person is signed in."""
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store.update(
        {
            "_auth_user_id": str(person.pk),
            "_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
            "_auth_user_hash": person.get_session_auth_hash(),
        }
    )
    store.create()
    return store.session_key


def drop_constraint() -> None:
    """For the negative control."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE events_registration DROP CONSTRAINT one_holder_per_seat")
