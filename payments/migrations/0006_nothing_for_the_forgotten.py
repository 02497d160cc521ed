"""The database takes in nothing more for somebody who is forgotten: payments, and where they go."""

from django.db import migrations

TRIGGER = """
CREATE CONSTRAINT TRIGGER nothing_for_the_forgotten_{1}
AFTER INSERT OR UPDATE OF {1} ON {0}
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION nothing_for_the_forgotten('{1}')
"""
BACK = "DROP TRIGGER nothing_for_the_forgotten_{1} ON {0}"
KEYS = [  # table, its key to a person
    ("payments_payment", "person_id"),
    ("payments_payoutaccount", "person_id"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0005_close_since"),
        ("collective", "0010_nothing_for_the_forgotten"),
    ]

    operations = [
        *(migrations.RunSQL(TRIGGER.format(*row), BACK.format(*row)) for row in KEYS),
    ]
