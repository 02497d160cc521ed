"""The database takes in nothing more for somebody who is forgotten: bookings, conversations, drafts."""

from django.db import migrations

TRIGGER = """
CREATE CONSTRAINT TRIGGER nothing_for_the_forgotten_{1}
AFTER INSERT OR UPDATE OF {1} ON {0}
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION nothing_for_the_forgotten('{1}')
"""
BACK = "DROP TRIGGER nothing_for_the_forgotten_{1} ON {0}"
KEYS = [  # table, its key to a person
    ("events_registration", "person_id"),
    ("events_conversation", "person_id"),
    ("events_timerequest", "person_id"),
    ("events_slot", "kept_for_id"),
    ("events_conversationseries", "host_id"),
    ("events_signupdraft", "person_id"),
    ("events_bookingdraft", "person_id"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0007_joins"),
        ("collective", "0010_nothing_for_the_forgotten"),
    ]

    operations = [
        *(migrations.RunSQL(TRIGGER.format(*row), BACK.format(*row)) for row in KEYS),
    ]
