"""How much a page takes, and what search engines are told."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from collective.models import CallPicture
from events.models import Session
from portal import limits
from tests.factories import (
    CallFactory,
    FollowFactory,
    PersonFactory,
    PolicyFactory,
    SessionFactory,
    role_in,
    section_in,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/accounts/login/", limits.A_PAGE),
        ("/me/name/", limits.A_PAGE),
        ("/no/such/page/", limits.A_PAGE),
        ("/policies/x/write/00000000-0000-0000-0000-000000000000/", limits.A_SECTION),
        ("/policies/x/write/import/", 20 * 2**20 + limits.A_SECTION),
        ("/admin/collective/call/add/", 31 * 2**20),
        ("/admin/events/session/add/", 31 * 2**20),
        ("/admin/collective/person/add/", limits.A_PAGE),
    ],
)
def test_page_takes_a_megabyte_and_more_where_a_file_or_a_section_is_sent(path, most):
    assert abs(limits.most_bytes(path) - most) < 2**20


def test_more_than_a_page_takes_is_refused_in_words(client, community):
    answer = client.post("/accounts/login/", {"email": "x" * 1_000_001})

    assert answer.status_code == 413
    assert "This page takes at most" in answer.content.decode()


def test_file_to_a_page_without_a_file_field_is_refused(client, community):
    file = SimpleUploadedFile("x.bin", b"x" * 1_000_001)

    assert client.post("/accounts/login/", {"email": "a@b.c", "file": file}).status_code == 413


def test_script_is_told_in_its_kind(client, community):
    answer = client.post(
        "/accounts/login/", {"email": "x" * 1_000_001}, headers={"Accept": "application/json"}
    )

    assert (answer.status_code, "too much" in answer.json()["error"]) == (413, True)


def test_whole_section_of_a_million_characters_is_taken(client, early):
    policy = PolicyFactory(slug="safe")
    section = section_in(policy)
    client.force_login(role_in(policy, PersonFactory()))
    text = "ü" * 999_000

    answer = client.post(f"/policies/safe/write/{section.pk}/keep/", {"html": text})

    assert answer.status_code == 200


def test_page_with_a_key_in_its_address_is_kept_by_no_search_engine(client, community):
    follow = FollowFactory(call=CallFactory())

    answers = [
        client.get(f"/follows/{follow.pk}/stop/?key=x"),
        client.get("/policies/news/00000000-0000-0000-0000-000000000000/stop/?key=x"),
    ]

    assert [answer["X-Robots-Tag"] for answer in answers] == ["noindex, nofollow"] * 2


def test_search_engines_are_kept_from_private_addresses_alone(client):
    lines = client.get("/robots.txt").content.decode().splitlines()

    assert lines[0] == "User-agent: *"
    assert "Disallow: /me/" in lines and "Disallow: /" not in lines


def test_demonstration_is_for_no_search_engine(client, settings):
    settings.DEBUG = True

    assert "Disallow: /\n" in client.get("/robots.txt").content.decode()


@pytest.mark.parametrize(
    "query", ["_to_field=", "_to_field=x", "_popup=%00", "p=x", "o=x.y", "e=1"]
)
def test_admin_answers_what_no_page_of_its_own_asks(client, coordinator, community, query):
    client.raise_request_exception = False

    answers = {
        client.get(f"/admin/collective/person/{coordinator.pk}/change/?{query}").status_code,
        client.get(f"/admin/collective/person/?{query}").status_code,
        client.post(f"/admin/collective/person/{coordinator.pk}/change/?{query}").status_code,
    }

    assert max(answers) < 500


def test_file_that_is_missing_on_the_disk_is_not_found_and_no_server_error(client, community):
    picture = CallPicture.objects.create(
        call=CallFactory(), alternative_text="A room", file="no-such-file.webp"
    )

    assert client.get(f"/pictures/{picture.pk}/").status_code == 404


def test_no_row_is_copied_past_our_own_way_to_copy(client, coordinator, community):
    session = SessionFactory()
    address = f"/admin/events/session/{session.pk}/change/"

    answer = client.post(address, {"_saveasnew": "1", "title": "Another"})

    assert (answer.status_code, Session.objects.count()) == (400, 1)
