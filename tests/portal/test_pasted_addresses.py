"""A link from a mail opens, whatever a mail program or a person hung on it."""

from urllib.parse import quote

import pytest

from collective.safety.link_keys import key_for
from tests.factories import SessionFactory, sign_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
JUNK = [".", ")", ">", ",", ";", '"', "'", "”", "’", ").", ">.", "\u200b", "\u00ad", "\ufeff", " "]


@pytest.fixture
def mine(db):
    return sign_up(SessionFactory())


def pages(client, mine, junk):
    """What the page answers with this behind its key, behind its path, and inside both."""
    key, path = key_for("registration", mine.pk), f"/registrations/{mine.pk}"
    rest = [f"{path}/?key={key}{quote(junk)}", f"{path}{quote(junk)}/?key={key}"]
    return [client.get(address).status_code for address in rest]


@pytest.mark.parametrize("junk", JUNK)
def test_link_opens_with_this_behind_its_key_or_its_path(client, mine, junk):
    assert pages(client, mine, junk) == [200, 200]


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\ufeff", "\u2060"])
def test_link_opens_with_an_unseen_sign_in_the_middle(client, mine, unseen):
    key, pk = key_for("registration", mine.pk), str(mine.pk)
    with_it = quote(unseen).join

    address = f"/registrations/{with_it([pk[:9], pk[9:]])}/?key={with_it([key[:9], key[9:]])}"

    assert client.get(address).status_code == 200


def test_address_without_a_key_opens_behind_a_sentence(client):
    session = SessionFactory(slug="kick-off")

    found = [client.get(f"{session.get_absolute_url()}{junk}").status_code for junk in (").", "")]
    found.append(client.get(f"/sessions/kick-off{quote('>')}").status_code)

    assert found == [200, 200, 200]


def test_page_leads_on_with_the_clean_key(client, mine):
    key = key_for("registration", mine.pk)

    page = client.get(f"/registrations/{mine.pk}/?key={key}%29.").content.decode()

    assert f"give-up/?key={key}" in page and f"{key}%29" not in page and f"{key})" not in page


def test_button_on_such_a_page_works(client, mine):
    key = key_for("registration", mine.pk)

    answer = client.post(f"/registrations/{mine.pk}/give-up/?key={key}%E2%80%8B%29")

    assert answer.url == f"/registrations/{mine.pk}/?key={key}"


@pytest.mark.parametrize("change", [str.lower, str.swapcase, lambda key: key[:-1], lambda key: ""])
def test_key_that_is_another_opens_nothing(client, mine, change):
    key = change(key_for("registration", mine.pk))

    assert client.get(f"/registrations/{mine.pk}/?key={key}.").status_code == 404


@pytest.mark.parametrize(
    "path", ["//evil.example.", "//evil.example/%2e%2e).", "/%5Cevil.example.", "/nothing/here)."]
)
def test_nothing_leads_to_another_site(client, path):
    answer = client.get("/", PATH_INFO=path)

    assert (answer.status_code, answer.get("Location")) == (404, None)
