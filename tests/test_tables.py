"""A test whose transactions are real leaves nothing behind."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from collective.models import Person
from tests import tables
from tests.factories import PaymentFactory


@pytest.mark.django_db
def test_everything_is_deleted_but_what_prepare_made():
    PaymentFactory()
    every = set(connection.introspection.django_table_names()) - tables.KEPT

    with connection.cursor() as cursor:
        tables.delete_everything(cursor)
        left = tables.with_rows(cursor, every)

    assert (left, Person.objects.count(), Group.objects.exists()) == ([], 0, True)
