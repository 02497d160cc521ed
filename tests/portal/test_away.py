"""While the database is away every page says so with 503, and nothing that was typed is lost.

It is really away here: the connection leads to a folder where no server listens.
"""

import logging

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.test import Client

from collective.seeing.away import OneLine
from portal.views import away
from tests.signed_in import browser_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.fixture
def member(member):
    """Somebody who is signed in, in a browser of their own."""
    browser = browser_of(member)
    browser.raise_request_exception = False
    return browser


@pytest.fixture
def no_database(member):
    """From here on nobody answers, whatever was open before is cut."""
    connection.close()
    at = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = "/nowhere"
    yield
    connection.close()
    connection.settings_dict["HOST"] = at


@pytest.mark.parametrize("path", ["/", "/me/", "/admin/", "/calls/x/", "/policies/x/", "/pages/x/"])
def test_page_answers_503_and_says_when_to_come_back(no_database, member, path):
    answer = member.get(path)

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "We cannot reach our records just now" in answer.content.decode()


def test_what_was_typed_is_shown_back_escaped_and_can_be_sent_again(no_database, member):
    page = member.post("/me/name/", {"name": "<b>Robin", "next": "/me/"}).content.decode()

    assert 'name="name" value="&lt;b&gt;Robin"' in page
    assert '<input type="hidden" name="next" value="/me/">' in page
    assert "Send it again" in page


@pytest.mark.parametrize("name", ["code", "password1", "new_password", "voucher_code", "api_key"])
def test_secret_is_never_shown_and_cannot_be_sent_again(no_database, member, name):
    page = member.post("/me/name/", {name: "414912", "name": "Robin"}).content.decode()

    assert "414912" not in page
    assert "Robin" in page and "Send it again" not in page


def test_file_has_to_be_chosen_again_and_is_named(no_database, member):
    file = SimpleUploadedFile("ticket.pdf", b"%PDF-")

    page = member.post("/me/name/", {"what": "A train", "receipt": file}).content.decode()

    assert "A train" in page and "To choose once more: ticket.pdf" in page
    assert "Send it again" not in page


def test_what_another_site_sends_is_not_shown(no_database, visitor):
    page = visitor.post("/accounts/login/", {"email": "x@y.z"}, HTTP_SEC_FETCH_SITE="cross-site")

    assert (page.status_code, b"x@y.z" in page.content) == (503, False)


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "application/json"},
        {"X-Requested-With": "XMLHttpRequest"},
        {"Content-Type": "application/json"},
    ],
)
def test_program_gets_its_answer_as_json(no_database, member, headers):
    answer = member.get("/me/", headers=headers)

    assert (answer.status_code, answer.json()) == (503, {"error": away.SHORT})


def test_one_line_in_the_log_for_each_request_and_nothing_that_was_typed(
    no_database, member, caplog
):
    member.post("/me/name/?next=/zebra/", {"name": "Robin"})

    kept = [row for row in caplog.records if OneLine().filter(row)]
    assert [row.getMessage() for row in kept] == [
        "POST /me/name/: the database does not answer (OperationalError)"
    ]


def test_connection_that_breaks_in_the_middle_is_a_database_that_is_away():
    with pytest.raises(Exception) as broken, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    assert away.is_away(broken.value)


def test_deadlock_and_the_like_stay_errors_of_ours():
    with pytest.raises(OperationalError) as stopped, connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 1; SELECT pg_sleep(5)")
    connection.close()

    assert not away.is_away(stopped.value)


def test_traceback_of_an_absent_database_becomes_one_line():
    error = OperationalError("connection refused")
    record = logging.LogRecord("x", 40, "x", 1, "Sweep %s", ("a",), (type(error), error, None))

    assert OneLine().filter(record)
    assert record.getMessage() == "Sweep a: the database does not answer"
    assert record.exc_info is None


def test_long_text_is_shown_whole_with_its_lines(no_database, member):
    page = member.post("/me/name/", {"name": "First line\nsecond line"}).content.decode()

    assert "\nFirst line\nsecond line</textarea>" in page
