"""The database takes in nothing more for somebody who is forgotten: roles, follows, what is typed."""

from django.db import migrations

TRIGGER = """
CREATE CONSTRAINT TRIGGER nothing_for_the_forgotten_{1}
AFTER INSERT OR UPDATE OF {1} ON {0}
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION nothing_for_the_forgotten('{1}')
"""
BACK = "DROP TRIGGER nothing_for_the_forgotten_{1} ON {0}"
KEYS = [  # table, its key to a person
    ("policy_drafts_policyrole", "person_id"),
    ("policy_drafts_draftfollow", "person_id"),
    ("policy_drafts_import", "person_id"),
    ("policy_drafts_unsaved", "person_id"),
    ("policy_drafts_presence", "person_id"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("policy_drafts", "0004_joins"),
        ("collective", "0010_nothing_for_the_forgotten"),
    ]

    operations = [
        *(migrations.RunSQL(TRIGGER.format(*row), BACK.format(*row)) for row in KEYS),
    ]
