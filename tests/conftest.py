import gc
import os
import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from django.utils import timezone

from collective import clock
from collective.people import roles
from dev import migrated, pytest_servers
from payments.sending import gateway
from tests import tables
from tests.factories import EARLY, KICK_OFF, CommunityFactory, CoordinatorFactory, PersonFactory
from tests.fake_stripe import FakeStripe
from tests.signed_in import with_second_factor

gc.set_threshold(50_000, 50, 50)  # looking for rubbish a thousand times costs a sixth of a test
LONGEST = "test_workers_killed_forty_times_move_each_payment_once"
PRIVATE = re.compile(
    r"£ ?\d|\bpence\b|_pence"
    r"|High Street Bank|12345678|87654321|11112222|account ending"
    r"|captions|interpreter|slowly"
    r"|900123|zebra|umbrella|narwhal|quokka|wombat",
    re.IGNORECASE,
)


def pytest_sessionstart(session):
    """Once, before any worker of xdist: the static files as production serves them."""
    if not hasattr(session.config, "workerinput"):
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)


def pytest_collection_modifyitems(items):
    """The longest test comes first, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: item.name != LONGEST)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """A database of this worker's own, copied from the migrated one, with the groups of `prepare`.

    It stands in for pytest-django's, which migrates anew for each worker.
    """
    url, run = os.environ["DATABASE_URL"], os.environ[pytest_servers.RUN]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    name = migrated.copy(url, os.environ[pytest_servers.TEMPLATE], run, worker)
    connection.settings_dict["NAME"] = name
    with django_db_blocker.unblock():
        roles.sync()
        yield
        connection.close()
    migrated.drop(url, name)


@pytest.fixture(scope="session", autouse=True)
def quick_flush():
    """What Django does after a test whose transactions were real, in a tenth of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", tables.empty)
        yield


@pytest.fixture(autouse=True)
def no_doorbell(request, monkeypatch):
    """Tests without workers ring nobody; those about workers ring for real."""
    if "faults" not in request.keywords:
        monkeypatch.setattr("collective.background.doorbell.ring", lambda *arguments: None)


@pytest.fixture(autouse=True)
def nothing_private_in_logs(caplog):
    """No log line of any test has an amount of money, a bank's details or an access need."""
    yield
    lines = [record.getMessage() for record in caplog.get_records("call")]
    assert [line for line in lines if PRIVATE.search(line)] == []


@pytest.fixture(autouse=True)
def one_time(monkeypatch):
    """Where a test has stopped the time, the clock of the database stands still with it."""
    real = clock.of_database
    travelling = time_machine.escape_hatch.is_travelling
    monkeypatch.setattr(clock, "of_database", lambda: timezone.now() if travelling() else real())


@pytest.fixture
def early():
    """Four weeks before the first session, in the real year. Returns the traveller, to move on."""
    with time_machine.travel(EARLY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def late():
    """A day after the first session, in the real year. Returns the traveller, to move on."""
    with time_machine.travel(KICK_OFF + timedelta(days=1), tick=False) as traveller:
        yield traveller


@pytest.fixture
def long_sessions(settings):
    """For tests that move on by weeks and stay signed in, as whoever comes by now and then does."""
    settings.SESSION_COOKIE_AGE = int(timedelta(days=60).total_seconds())


@pytest.fixture
def member(db, client):
    person = PersonFactory(name="Sam", email="sam@example.org")
    client.force_login(person)
    return person


@pytest.fixture
def coordinator(db, client):
    """A signed-in coordinator whose session used a second factor."""
    person = CoordinatorFactory(name="Jo")
    client.force_login(person)
    with_second_factor(client, person)
    return person


@pytest.fixture
def community(db):
    return CommunityFactory()


@pytest.fixture
def stripe(monkeypatch, settings):
    """A fake Stripe, and the gateway that speaks with it."""
    with FakeStripe(hang=1) as fake:
        settings.STRIPE_API_BASE = fake.address
        monkeypatch.setattr(gateway, "TIMEOUTS", (0.5, 0.5))
        gateway.client.cache_clear()
        yield fake
    gateway.client.cache_clear()


@pytest.fixture
def outbox(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail.outbox
