"""Empties the database after a test whose transactions were real."""

from django.db import connection, transaction
from django.test import TransactionTestCase

# As `prepare` left them: no test changes these, and making them anew costs more than most tests.
KEPT = {
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
}
djangos_way = TransactionTestCase._fixture_teardown


def empty(test_case):
    """Delete every row that the test left, without the triggers that keep histories whole.

    Django's way, TRUNCATE, makes five hundred files anew each time; it stays for those whose own
    database does not let them leave triggers out.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        quickly = cursor.fetchone() == ("on",)
        if quickly:
            delete_everything(cursor)
    if not quickly:
        djangos_way(test_case)


def delete_everything(cursor):
    tables = set(connection.introspection.django_table_names(only_existing=True)) - KEPT
    # What a killed process had begun is over, and nobody begins anything. What still holds a row
    # after a minute is a fault of the test, which says so instead of waiting for ever.
    cursor.execute("SET LOCAL lock_timeout = '60s'")
    cursor.execute(f"LOCK TABLE {', '.join(sorted(tables))} IN EXCLUSIVE MODE")
    cursor.execute("SET LOCAL session_replication_role = replica")
    for table in with_rows(cursor, tables):
        cursor.execute(f'DELETE FROM "{table}"')


def with_rows(cursor, tables):
    """Those of the tables that have any row."""
    asked = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in sorted(tables)]
    cursor.execute(" UNION ALL ".join(asked))
    return [row[0] for row in cursor.fetchall()]
