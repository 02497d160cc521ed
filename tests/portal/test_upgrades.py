"""While a newer version's migrations are in, an older one still runs: it can go on writing rows."""

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField
from django.db.models import NOT_PROVIDED

OURS = {"collective", "events", "payments", "policy_drafts"}


def added_columns():
    """The fields that migrations have added to tables that were there, as they are now."""
    for (app, _), migration in MigrationLoader(None).disk_migrations.items():
        for step in migration.operations if app in OURS else []:
            if isinstance(step, AddField) and not step.field.is_relation:
                try:
                    yield apps.get_model(app, step.model_name)._meta.get_field(step.name)
                except (LookupError, FieldDoesNotExist):
                    continue  # a later version took it away


def test_column_that_was_added_has_a_default_in_the_database_or_may_be_empty():
    columns = list(added_columns())

    bare = [str(row) for row in columns if not row.null and row.db_default is NOT_PROVIDED]

    assert len(columns) > 10
    assert bare == []
