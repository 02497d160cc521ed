"""Three people called Tom: staff can tell them apart wherever they choose or read one."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib import admin
from django.urls import reverse

from collective.models import Person
from tests.factories import (
    KICK_OFF,
    CoordinatorFactory,
    FinanceFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PersonFactory,
    PhonePersonFactory,
    SessionFactory,
    sign_up,
)
from tests.signed_in import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
MARCH = datetime(2022, 3, 9, tzinfo=UTC)
BY_EMAIL = "tom@example.org, known since March 2022"
BY_PHONE = "told by phone, ends in 107, known since March 2022"
SHARES = "shares amy@example.org, known since March 2022"
BY_POST = "told by post, known since March 2022"


@pytest.fixture
def toms():
    return [
        PersonFactory(name="Tom", email="tom@example.org", created_at=MARCH),
        PhonePersonFactory(name="Tom", phone="+442079460107", created_at=MARCH),
        PersonFactory(name="Tom", email=None, contact_email="amy@example.org", created_at=MARCH),
        PersonFactory(
            name="Tom", email=None, reach_by="post", postal_address="1 Way", created_at=MARCH
        ),
    ]


def test_second_line_tells_each_from_the_others(toms):
    assert [tom.told_apart_by for tom in toms] == [BY_EMAIL, BY_PHONE, SHARES, BY_POST]


def lacking(page):
    """Those whom a page does not tell apart."""
    words = " ".join(page.content.decode().split())
    return [line for line in (BY_EMAIL, BY_PHONE, SHARES, BY_POST) if line not in words]


def test_picker_tells_them_apart(client, coordinator, toms):
    asked = {"app_label": "collective", "model_name": "followup", "field_name": "person"}

    answer = client.get(reverse("admin:autocomplete"), {**asked, "term": "Tom"})

    found = {row["text"] for row in answer.json()["results"]}
    assert found == {f"Tom ({line})" for line in (BY_EMAIL, BY_PHONE, SHARES, BY_POST)}


def test_choice_that_was_made_is_told_apart(client, coordinator, toms):
    page = client.get(reverse("admin:collective_followup_add"), {"person": toms[1].pk})

    assert f"Tom ({BY_PHONE})" in page.content.decode()


@pytest.mark.parametrize("path", ["board/", "door-sheet/", "print-list/", "attendance/"])
def test_pages_of_a_session_tell_them_apart(toms, path, early):
    session = SessionFactory()
    for tom in toms:
        sign_up(session, tom)
    early.move_to(KICK_OFF + timedelta(days=1))

    page = browser_of(CoordinatorFactory()).get(f"/admin/events/session/{session.pk}/{path}")

    assert lacking(page) == []


def test_search_before_booking_and_joining_tells_them_apart(client, coordinator, toms):
    session = SessionFactory()
    book = reverse("admin:events_session_book", args=[session.pk])
    join = reverse("admin:collective_person_join", args=[PersonFactory().pk])

    assert [lacking(client.post(page, {"q": "Tom"})) for page in (book, join)] == [[], []]


def test_preview_of_a_join_tells_them_apart(client, coordinator, toms):
    page = client.get(
        reverse("admin:collective_person_join", args=[toms[0].pk]), {"other": toms[1].pk}
    )

    assert {BY_EMAIL, BY_PHONE} & {*lacking(page)} == set()


@pytest.mark.parametrize(
    "path", ["payments/board/", "payments/payment/", "payments/payment/approve/"]
)
def test_pages_about_money_tell_them_apart(toms, path):
    for tom in toms:
        PaymentFactory(person=PayoutAccountFactory(person=tom).person)

    assert lacking(browser_of(FinanceFactory()).get(f"/admin/{path}")) == []


def test_today_tells_them_apart(client, coordinator, toms):
    session = SessionFactory()
    for tom in toms:
        sign_up(session, tom)

    page = " ".join(client.get("/admin/").content.decode().split())

    assert BY_PHONE in page


LISTS = [
    f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    for model, of_model in admin.site._registry.items()
    if {"person"} & {*of_model.list_display}
]


@pytest.mark.parametrize("name", LISTS)
def test_list_with_people_opens_and_sorts(name):
    boss = Person.objects.create_superuser("boss@example.org", name="Boss")

    page = browser_of(boss).get(reverse(name), {"o": "1"})

    columns = page.context["cl"].list_display
    of_people = [column for column in columns if getattr(column, "__name__", "") == "person"]
    assert page.status_code == 200
    assert [row for row in of_people if row not in page.context["cl"].sortable_by] == []


NAME = re.compile(
    r"\{\{ *(?:[a-z_0-9]+\.)*(?:person|host|author|kept_for|edited_by)(?:\.name)? *\}\}"
)


def test_every_name_on_a_page_stands_by_itself():
    bare = [
        f"{path.relative_to(settings.BASE_DIR)}: {line.strip()}"
        for path in sorted((settings.BASE_DIR / "templates").rglob("*.html"))
        for line in path.read_text().splitlines()
        if NAME.search(line) and "{% block title %}" not in line
    ]

    assert bare == []


def test_name_from_right_to_left_stands_by_itself(client, coordinator):
    session, person = SessionFactory(), PersonFactory(name="فاطمة")
    sign_up(session, person)

    page = client.get(f"/admin/events/session/{session.pk}/board/")

    assert f"<bdi>{person}</bdi>" in page.content.decode()
