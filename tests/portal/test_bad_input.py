"""What no kind person sends: nothing of it may be a server error."""

from urllib.parse import quote_from_bytes

import pytest
from django.test import Client, RequestFactory

from events.models import Session
from policy_drafts.models import Audience
from portal.views import errors
from tests.factories import (
    PageFactory,
    PersonFactory,
    PolicyFactory,
    SeriesFactory,
    SessionFactory,
    book,
    published,
    role_in,
    section_in,
    sign_up,
    slots_of,
)
from tests.signed_in import with_second_factor

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.django_db,
    pytest.mark.usefixtures("early", "community"),
]
BAD = [
    "\x00",
    "a\x00b",
    "\ud800",
    "x" * 1_000_000,
    "9" * 5000,
    "-1",
    "<script>",
    "' OR 1=1 --",
    "\u202e",
    "",
    "%00",
    "🙂" * 500,
]

SHORT = [value for value in BAD if len(value) < 1000]


def client_for(person):
    client = Client(raise_request_exception=False)
    if person:
        client.force_login(person)
        with_second_factor(client, person)
    return client


def encoded(value):
    return value.encode("utf-8", "surrogatepass")


@pytest.fixture
def world(member):
    session = SessionFactory(slug="first")
    PageFactory()
    slot, talk = slots_of(SeriesFactory(slug="talk", host=member), 2)
    policy = PolicyFactory(slug="safe")
    role_in(policy, member)
    keys = {"slot": slot.pk, "talk": book(talk).pk, "section": section_in(policy).pk}
    published(policy, member, Audience.WORKING_GROUP)
    return session, sign_up(session, member), keys


FORMS = {
    "/accounts/login/": ["email", "next"],
    "/accounts/login/code/": ["code", "next"],
    "/accounts/login/code/again/": ["next"],
    "/sessions/first/sign-up/": [
        "capacity",
        "coming_along",
        "companion_name",
        "companion_email",
        "access",
        "access_notes",
        "agree",
        "owner",
    ],
    "/sessions/first/sign-up/check/": ["x"],
    "/me/name/": ["name", "next"],
    "/me/mail/": ["wants_news"],
    "/me/time-zone/": ["time_zone", "next"],
    "/me/email/": ["email", "code", "old_code", "cannot_read"],
    "/conversations/talk/other-times/": ["wish"],
    "/conversations/talk/book/{slot}/": [
        "how",
        "who_rings",
        "phone",
        "topics",
        "access",
        "capacity",
        "owner",
    ],
    "/conversations/talk/host/times/weekly/": ["weekdays", "from_time", "until_time", "confirm"],
    "/conversations/talk/host/times/day/": ["day", "from_time", "until_time"],
    "/conversations/talk/host/times/rules/": [
        "length_minutes",
        "opens_from",
        "opens_until",
        "notice_hours",
        "link",
        "number",
        "each_upcoming",
    ],
    "/conversations/talk/host/{talk}/outcome/": ["state", "note"],
    "/conversations/talk/host/{talk}/passed-on/": ["to_whom", "day", "time", "told"],
    "/conversations/talk/host/{talk}/link/": ["link"],
    "/conversations/talk/host/{talk}/cancel/": ["reason", "keeps_slot_open"],
    "/policies/safe/follow/": ["stop"],
    "/policies/safe/write/add/": ["title"],
    "/policies/safe/write/heard/": ["channel", "words", "heard_on", "section"],
    "/policies/safe/write/people/": ["email", "kind"],
    "/policies/safe/write/publish/": ["audience", "news", "key", "based_on", "publish"],
    "/policies/safe/write/import/": ["file", "text"],
    "/policies/safe/drafts/1/versions/": ["kind", "name", "file", "link"],
    "/policies/safe/write/{section}/": ["title", "html", "state", "notes", "started_from", "leave"],
    "/policies/safe/write/{section}/keep/": ["title", "html", "state", "notes", "started_from"],
    "/policies/safe/write/{section}/here/": ["gone"],
    "/policies/safe/write/{section}/unsaved/": ["let_go", "go_on"],
    "/policies/safe/write/{section}/versions/1/": ["started_from"],
    "/policies/safe/write/{section}/picture/": ["file", "alternative_text", "long_description"],
    "/policies/safe/write/{section}/move/": ["to"],
    "/policies/safe/write/{section}/why/": ["why"],
    "/policies/safe/write/{section}/place/": ["place", "position"],
    "/policies/safe/write/{section}/split/": ["title", "block"],
    "/policies/safe/drafts/1/open/": ["audience"],
    "/policies/safe/drafts/1/withdraw/": ["because"],
    "/me/data/delete/": ["x"],
    "/display/": ["theme"],
    "/accounts/logout/": ["next"],
    "/accounts/2fa/totp/activate/": ["code"],
    "/accounts/2fa/authenticate/": ["code"],
    "/accounts/2fa/reauthenticate/": ["code", "next"],
}


@pytest.mark.parametrize("address", FORMS)
def test_form_answers_bad_fields_without_a_server_error(address, world, member):
    answers = set()
    for person, values in ((None, SHORT), (PersonFactory(), SHORT), (member, BAD)):
        for name in FORMS[address]:
            for value in values:
                body = f"{name}={quote_from_bytes(encoded(value))}"
                response = client_for(person).post(
                    address.format(**world[2]),
                    body,
                    content_type="application/x-www-form-urlencoded",
                )
                answers.add(response.status_code)

    assert max(answers) < 500


@pytest.mark.parametrize(
    "template",
    [
        "/calls/{}/",
        "/sessions/{}/",
        "/sessions/{}/sign-up/",
        "/pages/{}/",
        "/registrations/{}/",
        "/follows/{}/stop/",
        "/registrations/{}/calendar.ics",
        "/pictures/{}/",
        "/{}",
        "/admin/{}/",
        "/accounts/2fa/{}",
        "/accounts/login/own/{}/",
        "/email-changes/{}/stop/",
        "/me/devices/{}/",
        "/bookings/{}/",
        "/conversations/{}/",
        "/conversations/talk/?day={}",
        "/conversations/talk/?from={}",
        "/conversations/talk/host/?week={}",
        "/conversations/talk/host/days/{}/",
        "/policies/{}/",
        "/policies/safe/drafts/{}/",
        "/policies/safe/drafts/1/changes/?from={}",
        "/policies/safe/write/{}/",
        "/policies/safe/write/publish/?for={}",
    ],
)
def test_address_with_nonsense_is_no_server_error(template, world, member):
    answers = {
        client_for(person).get(template.format(quote_from_bytes(encoded(value[:3000])))).status_code
        for person in (None, member)
        for value in BAD
    }

    assert max(answers) < 500


@pytest.mark.parametrize("value", ["\x00", "9" * 5000, "x:y", "%00", "🙂"])
def test_bad_key_in_a_link_is_not_found(world, value):
    response = client_for(None).get(f"/registrations/{world[1].pk}/", {"key": value})

    assert response.status_code in {400, 404}


@pytest.mark.parametrize("name", ["session", "csrf", "theme", "messages"])
@pytest.mark.parametrize("value", ["\x00", "'\"\\000", "x" * 5000, "🙂"])
def test_bad_cookie_is_no_server_error(world, name, value):
    client = client_for(None)
    client.cookies[name] = value.encode().decode("latin-1")  # as WSGI hands bytes on (PEP 3333)

    assert {client.get(address).status_code for address in ("/", "/me/", "/accounts/login/")} <= {
        200,
        302,
        400,
    }


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace", "post"])
def test_wrong_method_is_refused_politely(world, member, method):
    addresses = [
        "/",
        world[0].get_absolute_url(),
        world[0].call.get_absolute_url(),
        world[1].get_absolute_url(),
        "/me/",
    ]

    answers = {getattr(client_for(member), method)(address).status_code for address in addresses}

    assert answers <= {200, 403, 404, 405}


@pytest.mark.parametrize("page", ["400", "403", "404", "500", "csrf"])
def test_error_page_is_plain_english_and_asks_no_database(page, django_assert_num_queries):
    view = {
        "400": errors.bad_request,
        "403": errors.forbidden,
        "404": errors.not_found,
        "500": errors.server_error,
        "csrf": errors.csrf_failure,
    }[page]
    with django_assert_num_queries(0):
        body = view(RequestFactory().get("/")).content.decode()

    assert errors.TITLES[page] in body


def test_form_without_its_token_gets_the_kind_page(world):
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"email": "a@example.org"})

    assert (response.status_code, "Please send that again" in response.content.decode()) == (
        403,
        True,
    )


def test_nothing_was_booked_by_any_of_it(world, member):
    client_for(member).post("/sessions/first/sign-up/check/", {"x": "1"})

    assert Session.objects.get().registrations.count() == 1
