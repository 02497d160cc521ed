"""The admin's pickers: each offers every row that may be picked, and no two look the same."""

import pytest
from django import forms
from django.contrib import admin
from django.contrib.admin import widgets
from django.test import RequestFactory
from django.urls import reverse

from collective.models import Activity, Person
from tests.factories import (
    ActivityFactory,
    CallFactory,
    FinanceFactory,
    SeriesFactory,
    SessionFactory,
)
from tests.signed_in import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
OF_PAYMENT = {"app_label": "payments", "model_name": "payment", "field_name": "activity"}


@pytest.fixture
def finance():
    return browser_of(FinanceFactory())


@pytest.fixture
def call():
    return CallFactory(title="Safeguarding")


def found_by(browser, term="", **asked):
    answer = browser.get(reverse("admin:autocomplete"), {**OF_PAYMENT, **asked, "term": term})
    return [row["text"] for row in answer.json()["results"]]


def test_payment_by_hand_is_for_any_activity_named_with_its_call_and_day(finance, call):
    SessionFactory(title="Kick-off", call=call)
    SeriesFactory(title="With Richard", call=call, slug="richard")
    ActivityFactory(title="On paper", call=call, slug="paper", when_words="likely November")

    assert {*found_by(finance)} == {
        "Kick-off (Safeguarding, Thursday 6 October 2022, 14:00)",
        "With Richard (Safeguarding, no day yet, page richard)",
        "On paper (Safeguarding, likely November, page paper)",
    }


@pytest.mark.parametrize("term", ["kick", "safeguarding kick", "6 October 2022", "thursday"])
def test_activity_is_found_by_title_call_or_day(finance, call, term):
    kick_off = SessionFactory(title="Kick-off", call=call)
    ActivityFactory(title="On paper")

    assert found_by(finance, term) == [kick_off.told_apart]


@pytest.mark.parametrize("number", [1, 3])
def test_picker_asks_as_often_for_one_as_for_many(finance, django_assert_num_queries, number):
    SessionFactory.create_batch(number)
    finance.get(reverse("admin:index"))

    with django_assert_num_queries(6):
        assert len(found_by(finance)) == number


def test_activities_of_one_title_are_told_apart(call):
    alike = [
        SessionFactory(title="Kick-off", call=call),
        SessionFactory(title="Kick-off", call=CallFactory(title="Another")),
        SessionFactory(title="Kick-off", call=call, state="cancelled"),
        *ActivityFactory.create_batch(2, title="Kick-off", call=call),
    ]

    assert len({row.told_apart for row in alike}) == len(alike)


def test_calls_of_one_title_are_told_apart(call):
    alike = [call, *CallFactory.create_batch(2, title="Safeguarding", published_at=None)]

    assert len({row.told_apart for row in alike}) == len(alike)


def test_pages_of_a_picker_leave_nobody_out(finance):
    Person.objects.bulk_create(Person(name="Tom", reach_by="post") for _ in range(45))
    asked = {**OF_PAYMENT, "field_name": "person", "term": "Tom"}

    pages = [
        finance.get(reverse("admin:autocomplete"), {**asked, "page": page}).json()["results"]
        for page in (1, 2, 3)
    ]

    assert len({row["id"] for page in pages for row in page}) == 45


def pickers():
    """Each field of a form of the admin's by which a row is picked: (where, field)."""
    request = RequestFactory().get("/")
    request.user = Person(is_staff=True, is_superuser=True, name="Boss")
    for model, of_model in admin.site._registry.items():
        of_rows = [row.get_formset(request) for row in of_model.get_inline_instances(request)]
        found = [(of.form, of.fk.name) for of in of_rows]
        if of_model.has_add_permission(request):
            found.append((of_model.get_form(request, change=False), ""))
        for form, key_to_the_parent in found:
            for name, field in form.base_fields.items():
                if isinstance(field, forms.ModelChoiceField) and name != key_to_the_parent:
                    yield f"{model.__name__}.{name}", field


def test_every_picker_tells_its_rows_apart_and_is_searched():
    few = {"Group", "Permission"}  # named once each, and written by a command
    plain = [
        where
        for where, field in pickers()
        if field.queryset.model.__name__ not in few
        if not hasattr(field.queryset.model, "told_apart")
        or not isinstance(getattr(field.widget, "widget", field.widget), widgets.AutocompleteMixin)
    ]

    assert plain == []


@pytest.mark.parametrize("factory", [SessionFactory, SeriesFactory])
def test_name_of_an_activity_leads_to_its_own_page(finance, factory):
    row = factory()

    answer = finance.get(reverse("admin:collective_activity_change", args=[row.pk]))

    name = type(row).__name__.lower()
    assert answer.url == reverse(f"admin:events_{name}_change", args=[row.pk])


def test_filter_beside_a_list_names_calls_as_the_pickers_do(finance, call):
    CallFactory(title="Safeguarding", published_at=None)

    page = finance.get(reverse("admin:payments_payment_changelist")).content.decode()

    assert "Safeguarding (not published" in page and call.told_apart in page


def test_choice_that_was_refused_still_says_which_it_is(finance, call):
    row = Activity.objects.get(pk=SessionFactory(title="Kick-off", call=call).pk)

    page = finance.post(reverse("admin:payments_payment_add"), {"activity": row.pk})

    assert row.told_apart in page.content.decode()
