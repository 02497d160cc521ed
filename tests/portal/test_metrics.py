"""/metrics: for this machine or a token, in numbers, by the same number of queries."""

import re
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families as families

from collective import clock
from collective.models import Backup, Message
from tests.factories import PaymentFactory, PersonFactory, SessionFactory, sign_up

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-a-test"


def numbers(client, **headers):
    """{name and labels: value} of what /metrics says."""
    text = client.get("/metrics", headers=headers).content.decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("where", "headers", "status"),
    [
        ({}, {}, 200),
        ({"REMOTE_ADDR": "::1"}, {}, 200),
        ({"REMOTE_ADDR": "10.0.0.9"}, {}, 404),
        ({}, {"X-Forwarded-For": "1.2.3.4"}, 404),
        ({}, {"Forwarded": "for=1.2.3.4"}, 404),
        ({"REMOTE_ADDR": "10.0.0.9"}, {"Authorization": f"Bearer {TOKEN}"}, 200),
        ({}, {"X-Forwarded-For": "1.2.3.4", "Authorization": f"Bearer {TOKEN}"}, 200),
        ({"REMOTE_ADDR": "10.0.0.9"}, {"Authorization": "Bearer another"}, 404),
        ({"REMOTE_ADDR": "10.0.0.9"}, {"Authorization": f"Basic {TOKEN}"}, 404),
    ],
)
def test_numbers_are_for_this_machine_or_a_token(client, settings, where, headers, status):
    settings.METRICS_TOKEN = TOKEN

    assert client.get("/metrics", headers=headers, **where).status_code == status


def test_without_a_token_no_bearer_is_let_in(client):
    headers = {"Authorization": "Bearer "}

    assert client.get("/metrics", headers=headers, REMOTE_ADDR="10.0.0.9").status_code == 404


def test_scraper_may_call_us_by_any_name(client):
    assert client.get("/metrics", headers={"Host": "10.0.0.3:8000"}).status_code == 200


def test_numbers_say_how_it_runs(client, early):
    sign_up(SessionFactory())
    PaymentFactory()
    Message.objects.filter(kind="booked").update(refused_at=clock.now(), attempts=2)
    Backup.objects.create(taken_at=clock.now())
    early.shift(timedelta(minutes=2))
    found = numbers(client)

    due = Message.objects.due(clock.now()).count()
    assert found["collective_messages_due",] == due
    assert found["collective_queue_age_seconds",] == 120
    assert found["collective_refused_age_seconds",] == 120
    assert found["collective_backup_age_seconds",] == 120
    assert found["collective_payments", "due"] == 1
    assert found["collective_late_sweeps",] > 30


def test_requests_are_counted_by_the_name_of_their_route(client, community):
    session = SessionFactory(slug="umbrella-talk")
    before = numbers(client)
    client.get(f"{session.get_absolute_url()}?email=jo@example.org")
    client.get("/walrus/")
    client.generic("BREW", "/")
    found = numbers(client)

    def more(*labels):
        name = ("collective_request_seconds_count", *labels)
        return found[name] - before.get(name, 0)

    assert more("GET", "session", "200") == more("GET", "none", "404") == 1
    assert not [key for key in found if re.search("walrus|umbrella|jo@|BREW", str(key))]


def test_same_queries_however_much_there_is(client, early, django_assert_num_queries):
    for number in (1, 3):
        session = SessionFactory()
        for _ in range(number):
            sign_up(session, PersonFactory())
            PaymentFactory()
        with django_assert_num_queries(8):
            client.get("/metrics")
