"""Whoever is forgotten is forgotten: of no word of theirs is anything left but what the page says.

`docs/forgetting.md` has a row for each text that we hold about somebody: it goes, or it stays and
why. A new field without a row fails here.
"""

import logging

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from collective.messages import mail
from collective.models import Person
from collective.people import asked_to_forget, forgetting
from payments.sending import closing
from tests.factories import PersonFactory, put_at_stripe
from tests.portal import forgetting_world as world

pytestmark = pytest.mark.django_db
NAME = "zqannword"
LIBRARIES = ("stripe", "urllib3")  # below WARNING they log addresses at Stripe, with its keys


def names_of(models):
    return {
        f"{model._meta.label}.{field.name}"
        for model in models
        for field in world.text_fields(model)
    }


def test_every_text_about_a_person_has_its_row_on_the_page():
    assert names_of(world.about_one_person()) - set(world.table_of_the_page()) == set()


def test_so_has_every_text_of_rows_that_only_point_at_a_person():
    table = world.table_of_the_page()
    names = names_of(world.pointing_at_a_person())

    assert {
        name for name in names if not {name, f"{name.rsplit('.', 1)[0]}.*"} & set(table)
    } == set()


def test_no_row_of_the_page_is_about_a_text_that_is_not_there():
    models = world.about_one_person() | world.pointing_at_a_person()
    there = names_of(models) | {f"{model._meta.label}.*" for model in models}

    assert set(world.table_of_the_page()) - there == set()


def test_what_is_about_one_person_is_said_field_by_field():
    everything = {f"{model._meta.label}.*" for model in world.about_one_person()}

    assert everything & set(world.table_of_the_page()) == set()


def test_every_text_that_stays_has_its_reason():
    rows = world.A_ROW.findall(world.PAGE.read_text())

    assert [name for name, what, why in rows if what == "stays" and len(why) < 20] == []


@pytest.fixture
def ann(early, settings, tmp_path, stripe, client):
    """Somebody with one of everything, signed in, in the log of the admin too."""
    settings.MEDIA_ROOT = tmp_path
    person = PersonFactory(name=NAME, email="zqann@example.org", phone="+442079460199")
    staff, account = world.make_everything(person)
    put_at_stripe(stripe, account)
    mail.send_due()
    world.settle(person)
    client.force_login(person)
    for row in forgetting.rows_of([person]):
        LogEntry.objects.create(
            user=staff,
            content_type=ContentType.objects.get_for_model(row.model),
            object_id=str(row.key),
            object_repr=NAME,
            action_flag=CHANGE,
            change_message=f"Noted {NAME}",
        )
    return person


def carry_out(early):
    early.shift(world.A_WEEK)
    assert asked_to_forget.carry_out_all() == (1, 1)
    mail.send_due()
    asked_to_forget.carry_out_all()
    asked_to_forget.remove_files()
    closing.close_all()


def left_of(ann, early, folder, caplog):
    """(fields of which a word is left, fields that were filled, everything that is left)"""
    caplog.set_level(logging.DEBUG)
    asked_to_forget.ask(ann)
    words = world.fill(world.keys_of_rows(ann))

    carry_out(early)

    lines = [row.getMessage() for row in caplog.records if not row.name.startswith(LIBRARIES)]
    left = "\n".join([world.dump(), world.sessions(), world.files(folder), *lines])
    found = {name for name, theirs in words.items() if any(word in left for word in theirs)}
    return found, set(words), left


@pytest.mark.usefixtures("community", "outbox")
def test_no_word_of_theirs_is_left_but_where_the_page_says_so(ann, early, tmp_path, caplog):
    found, filled, left = left_of(ann, early, tmp_path, caplog)

    table, about = world.table_of_the_page(), names_of(world.about_one_person())
    assert NAME not in left
    assert found & about == {name for name in filled & about if table[name] == "stays"}
    assert {name for name in found - about if table.get(name) == "goes"} == set()


@pytest.mark.usefixtures("community", "outbox")
def test_word_that_is_forgotten_to_be_forgotten_is_found(ann, early, tmp_path, caplog, monkeypatch):
    monkeypatch.setattr("payments.forgetting._empty_expenses", lambda expenses: None)

    found, _, left = left_of(ann, early, tmp_path, caplog)

    assert {"payments.Expense.what", "payments.Expense.receipt"} <= found
    assert "%PDF" in left or "receipts" in left


def test_world_of_this_test_has_a_row_of_everything(ann):
    rows = world.keys_of_rows(ann)
    with_texts = {model for model in world.about_one_person() if world.text_fields(model)}

    assert {model._meta.label for model in with_texts - set(rows)} == set()


@pytest.mark.usefixtures("community", "outbox")
def test_record_that_was_joined_is_forgotten_with_the_one_it_was_joined_into(ann, early):
    gone = PersonFactory(name="zqgoneword", email=None, is_active=False, joined_into=ann)
    asked_to_forget.ask(ann)

    carry_out(early)

    assert Person.objects.filter(Q(pk=gone.pk) & ~Q(forgotten_at=None)).exists()
    assert "zqgoneword" not in world.dump()
