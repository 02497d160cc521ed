"""The sign-up form: nothing typed is lost, nothing is booked twice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from collective.models import Message
from events import typed
from events.models import Registration, SignUpDraft
from tests.factories import PersonFactory, SessionFactory, fill
from tests.matrix import next_of
from tests.messages import kinds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
ANSWERS = {
    "capacity": "personal",
    "coming_along": "nobody",
    "access": ["captions"],
    "access_notes": "slowly",
    "agree": "on",
}


@pytest.fixture
def session():
    return SessionFactory(slug="first", places=1)


def owner(client):
    return client.get("/sessions/first/sign-up/").context["owner"]


def book(client):
    client.post("/sessions/first/sign-up/", ANSWERS)
    return client.post("/sessions/first/sign-up/check/")


def test_checked_answers_book_a_place(client, member, session):
    response = book(client)

    registration = Registration.objects.get()
    assert (response.url, registration.state) == (f"/registrations/{registration.pk}/", "confirmed")
    assert registration.access_needs == {"choices": ["captions"], "notes": "slowly"}
    assert kinds(member) == {"booked": 1}


def test_full_session_leads_to_the_waiting_list(client, member, session):
    fill(session)

    page = client.get(book(client).url).content.decode()

    assert "You are on the waiting list" in page and "You are first on the list" in page


def test_nothing_is_booked_before_the_answers_are_checked(client, member, session):
    response = client.post("/sessions/first/sign-up/", ANSWERS)

    assert (response.url, Registration.objects.count()) == ("/sessions/first/sign-up/check/", 0)


def test_error_keeps_what_was_typed(client, member, session):
    page = client.post("/sessions/first/sign-up/", {**ANSWERS, "capacity": ""}).content.decode()

    assert "Choose how you are taking part" in page and "<title>Error:" in page
    assert "slowly</textarea>" in page


def test_second_click_shows_the_first_ones_registration(client, member, session):
    first, second = book(client), client.post("/sessions/first/sign-up/check/")

    assert (first.url, Registration.objects.count()) == (second.url, 1)


def test_going_back_finds_the_form_as_it_was(client, member, session):
    client.post("/sessions/first/sign-up/", ANSWERS)

    page = client.get("/sessions/first/sign-up/").content.decode()

    assert "slowly</textarea>" in page
    assert 'value="captions" id="id_access_1" checked' in " ".join(
        page.replace('class=""', "").split()
    )


def test_lost_sign_in_keeps_what_was_typed_for_its_owner(client, member, session):
    signed = owner(client)
    client.logout()

    response = client.post("/sessions/first/sign-up/", {**ANSWERS, "owner": signed})
    client.force_login(member)
    page = client.get(next_of(response), follow=True)

    assert page.redirect_chain == [("/sessions/first/sign-up/", 302)]
    assert "You were signed out: press it once more." in page.content.decode()
    assert "slowly</textarea>" in page.content.decode()


def test_what_was_typed_is_shown_to_nobody_else(client, member, session):
    signed = owner(client)
    client.logout()
    client.post("/sessions/first/sign-up/", {**ANSWERS, "owner": signed})
    client.force_login(PersonFactory())

    assert "slowly" not in client.get("/sessions/first/sign-up/").content.decode()


@pytest.mark.parametrize("forged", ["", "nonsense", "a:b:c"])
def test_forged_owner_keeps_nothing_and_shows_it_at_once(session, forged):
    response = Client().post("/sessions/first/sign-up/", {**ANSWERS, "owner": forged})

    assert (response.status_code, SignUpDraft.objects.count()) == (403, 0)
    assert '<dd class="typed">slowly</dd>' in response.content.decode()


def test_draft_is_gone_once_it_is_sent_and_after_a_day(client, member, session, early):
    other = PersonFactory()
    book(client)
    after_booking = SignUpDraft.objects.count()
    client.force_login(other)
    client.post("/sessions/first/sign-up/", ANSWERS)
    early.shift(timedelta(days=1, minutes=1))

    typed.forget_old()

    assert (after_booking, SignUpDraft.objects.count()) == (0, 0)


def test_supporter_is_kept_with_the_registration(client, member, session):
    answers = {
        **ANSWERS,
        "coming_along": "brings",
        "companion_name": "Kim",
        "companion_email": "Kim@example.org",
    }
    client.post("/sessions/first/sign-up/", answers)
    client.post("/sessions/first/sign-up/check/")

    assert Registration.objects.get().companion == {
        "kind": "brings",
        "name": "Kim",
        "email": "kim@example.org",
    }


def test_session_that_closed_meanwhile_says_so_and_loses_nothing(client, member, session):
    client.post("/sessions/first/sign-up/", ANSWERS)
    session.state = session.State.CLOSED
    session.save()

    page = client.post("/sessions/first/sign-up/check/").content.decode()

    assert "Sign-up for this session is closed" in page and "slowly" in page


def test_newcomer_gives_a_name_and_lands_back_in_the_form(client, member, session):
    member.name = ""
    member.save()

    assert (
        client.get("/sessions/first/sign-up/").url
        == "/me/name/?next=%2Fsessions%2Ffirst%2Fsign-up%2F"
    )


def test_confidential_words_are_readable_in_no_table(client, member, session):
    answers = {
        **ANSWERS,
        "coming_along": "brings",
        "companion_name": "Zebedee",
        "companion_email": "zebedee@example.org",
    }
    client.post("/sessions/first/sign-up/", {**answers, "access_notes": "quokka"})
    client.post("/sessions/first/sign-up/check/")
    client.post(
        f"/registrations/{Registration.objects.get().pk}/access-needs/",
        {"access_notes": "quokka, wombat"},
    )

    dump = "".join(table_text(name) for name in connection.introspection.table_names())

    assert [word for word in ("quokka", "wombat", "Zebedee", "zebedee") if word in dump] == []
    assert Message.objects.exists()


def table_text(name):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT t::text FROM "{name}" t')
        return "".join(row[0] for row in cursor.fetchall())


@pytest.mark.parametrize(
    ("path", "sent", "said"),
    [
        ("/me/name/", {"name": "ali@example.org."}, "Tell us a name"),
        ("/sessions/first/sign-up/", {"companion_name": "ali@example.org"}, "in the next box"),
    ],
)
def test_address_in_the_box_for_a_name_is_said_to_be_one(client, member, session, path, sent, said):
    page = client.post(path, {**ANSWERS, "coming_along": "brings", **sent}).content.decode()

    assert "One answer needs another look" in " ".join(page.split())
    assert said in page and sent.popitem()[1] in page
