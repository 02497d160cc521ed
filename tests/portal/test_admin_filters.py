"""Nobody reads by filtering what no page shows: a list takes its own filters and nothing else."""

import re
from html import unescape

import pytest
from django.contrib import admin
from django.urls import reverse

from collective.admin.offered import FiltersByWhatItOffers
from collective.messages import mail
from collective.models import Message, Person
from tests.factories import SessionFactory, sign_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
ADMINS = [row for row in admin.site._registry.values() if isinstance(row, FiltersByWhatItOffers)]
# A column without choices is asked for by each of its values, under its plain name.
BY_VALUE = {"collective.Message": {"kind"}, "collective.SweepRun": {"name"}}
COMPARISONS = ["", "__regex", "__startswith", "__contains", "__gt", "__lte", "__in", "__year"]


def test_every_list_of_ours_takes_only_its_own_filters():
    others = {type(row).__module__ for row in admin.site._registry.values() if row not in ADMINS}

    assert {name for name in others if not name.startswith(("django.", "allauth."))} == set()


@pytest.mark.parametrize("of_model", ADMINS, ids=lambda row: row.opts.label)
def test_no_other_column_and_no_other_comparison_is_taken(of_model, rf, coordinator):
    request = rf.get("/")
    request.user = coordinator
    names = [field.name for field in of_model.opts.get_fields()] + ["pk"]

    taken = {
        f"{name}{comparison}"
        for name in names
        for comparison in COMPARISONS
        if of_model.lookup_allowed(f"{name}{comparison}", "x", request)
    }

    assert taken == BY_VALUE.get(of_model.opts.label, set())


def test_every_filter_that_is_offered_answers(client, coordinator):
    Person.objects.filter(pk=coordinator.pk).update(is_superuser=True)
    sign_up(SessionFactory())
    answers = {
        (of_model.opts.label, query): client.get(address + unescape(query)).status_code
        for of_model in ADMINS
        for address in [reverse(f"admin:{of_model.opts.label_lower.replace('.', '_')}_changelist")]
        for query in re.findall(
            r'href="(\?[^"]*(?:__|kind=|name=)[^"]*)"', client.get(address).content.decode()
        )
    }

    assert len(answers) > 40
    assert {row: status for row, status in answers.items() if status != 200} == {}


def test_key_of_a_link_is_not_spelled_out_of_a_message(client, coordinator):
    sign_up(SessionFactory())
    mail.send_due()
    text = Message.objects.exclude(text="").first().text
    assert "key=" in text

    answer = client.get(reverse("admin:collective_message_changelist"), {"text__regex": "key="})

    assert answer.status_code == 400
