"""A pytest plugin: real PostgreSQL and Valkey for the tests, before Django reads its settings.

The tests run as production does, but without HTTPS. PostgreSQL is started once, with a migrated
database to copy; each worker of xdist has a copy and a Valkey of its own.
"""

import os
import tempfile

from dev import migrated, servers

TESTS = {
    "SITE_URL": "http://localhost",
    "EXTRA_HOSTS": "testserver,127.0.0.1",
    "EMAIL_URL": "smtp://127.0.0.1:9",
    "STRIPE_API_KEY": "sk_test_fake",
    "STRIPE_WEBHOOK_SECRET": "whsec_fake",
    "STRIPE_FINANCIAL_ACCOUNT": "fa_test_1",
    "STRIPE_API_BASE": "http://127.0.0.1:9",
    "STATIC_ROOT": str(servers.LOCAL / "tests" / "static"),
    "MEDIA_ROOT": os.path.join(tempfile.gettempdir(), f"collective-tests-{os.getuid()}"),
}
# What the first process of a run tells its workers: its number, the template, whose Valkey it is.
RUN, TEMPLATE, OUR_BROKER = "COLLECTIVE_TESTING", "COLLECTIVE_TEMPLATE", "COLLECTIVE_OUR_BROKER"


def begin_run() -> None:
    """Start what the run needs and write it into the environment, which workers inherit."""
    ours = "" if "REDIS_URL" in os.environ else "1"
    found = servers.environment(servers.LOCAL / "tests", durable=False)
    addresses = {name: found[name] for name in ("DATABASE_URL", "REDIS_URL")}
    os.environ.update({**servers.WITHOUT_DEBUG, **TESTS, **addresses, OUR_BROKER: ours})
    os.environ[TEMPLATE] = migrated.template(addresses["DATABASE_URL"], dict(os.environ))
    os.environ[RUN] = str(os.getpid())


def begin_worker() -> None:
    """A worker empties its broker whenever it likes, so it gets one of its own."""
    if os.environ[OUR_BROKER]:
        os.environ["REDIS_URL"] = servers.start_valkey()


if RUN not in os.environ:
    begin_run()
elif "PYTEST_XDIST_WORKER" in os.environ:
    begin_worker()
