"""Addresses that are out stay: in the admin, and in the database whoever writes."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from collective.models import Call, Page
from collective.models.page import LINKED_PAGES
from collective.pages import first_pages
from tests.factories import (
    ActivityFactory,
    CallFactory,
    PageFactory,
    PolicyFactory,
    SeriesFactory,
    SessionFactory,
    published,
)

pytestmark = pytest.mark.django_db


def withdrawn():
    """A call that was published and withdrawn: links to it are out all the same."""
    call = CallFactory()
    Call.objects.filter(pk=call.pk).update(published_at=None)
    return call


def in_a_draft(factory):
    return factory(call=CallFactory(published_at=None))


OUT = {
    "page": PageFactory,
    "call": CallFactory,
    "withdrawn call": withdrawn,
    "activity": ActivityFactory,
    "session": SessionFactory,
    "series": SeriesFactory,
}
NOT_OUT = {
    "call": lambda: CallFactory(published_at=None),
    "activity": lambda: in_a_draft(ActivityFactory),
    "session": lambda: in_a_draft(SessionFactory),
    "series": lambda: in_a_draft(SeriesFactory),
}


def changed(row):
    """Does the database let this address change?"""
    try:
        with transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(slug="another")
    except IntegrityError:
        return False
    return True


def is_typed(client, row):
    """Does the admin's form take another address?"""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    page = client.get(reverse(name, args=[row.pk]))
    assert page.status_code == 200
    return 'name="slug"' in page.content.decode()


def test_address_that_is_out_can_be_changed_nowhere(client, coordinator):
    rows = {name: make() for name, make in OUT.items()}

    assert {name: changed(row) for name, row in rows.items()} == dict.fromkeys(OUT, False)
    assert {name: is_typed(client, row) for name, row in rows.items()} == dict.fromkeys(OUT, False)


def test_address_may_be_changed_until_its_call_is_published(client, coordinator):
    rows = {name: make() for name, make in NOT_OUT.items()}

    assert {name: is_typed(client, row) for name, row in rows.items()} == dict.fromkeys(
        NOT_OUT, True
    )
    assert [changed(rows["call"]), changed(rows["session"])] == [True, True]


def test_policy_keeps_its_address_once_there_is_a_draft(client, coordinator):
    with_draft = published(PolicyFactory()).policy

    assert [is_typed(client, with_draft), is_typed(client, PolicyFactory())] == [False, True]
    assert [changed(with_draft), changed(PolicyFactory())] == [False, True]


def test_pages_that_every_page_links_to_cannot_be_deleted(client, coordinator):
    page = PageFactory(slug="worried")
    address = reverse("admin:collective_page_delete", args=[page.pk])

    assert client.post(address, {"post": "yes"}).status_code == 403
    with pytest.raises(IntegrityError), transaction.atomic():
        Page.objects.filter(pk=page.pk).delete()


def test_other_pages_can_be_deleted(client, coordinator):
    PageFactory(slug="of-the-summer").delete()

    assert not Page.objects.filter(slug="of-the-summer").exists()


def test_the_pages_that_stay_are_those_that_a_new_site_begins_with():
    assert set(LINKED_PAGES) == set(first_pages.FIRST)
