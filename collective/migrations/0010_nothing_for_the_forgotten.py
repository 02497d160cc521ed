"""The database takes in nothing more for somebody who is forgotten."""

from django.db import migrations

FUNCTION = """
-- A row about somebody who is forgotten is refused as its transaction commits, under the lock of
-- the record that the check of the key takes anyway. The act itself looks under its own locks.
CREATE FUNCTION nothing_for_the_forgotten() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    person uuid;
    before uuid;
    gone timestamptz;
BEGIN
    IF current_setting('collective.forgets', true) = 'on' THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO person USING NEW;
    IF TG_OP = 'UPDATE' THEN
        EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO before USING OLD;
    END IF;
    IF person IS NULL OR person IS NOT DISTINCT FROM before THEN
        RETURN NULL;
    END IF;
    SELECT forgotten_at INTO gone FROM collective_person WHERE id = person FOR KEY SHARE;
    IF gone IS NOT NULL THEN
        RAISE EXCEPTION 'this person is forgotten' USING
            ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'nothing_for_a_forgotten_person';
    END IF;
    RETURN NULL;
END
$body$
"""
TRIGGER = """
CREATE CONSTRAINT TRIGGER nothing_for_the_forgotten_{1}
AFTER INSERT OR UPDATE OF {1} ON {0}
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION nothing_for_the_forgotten('{1}')
"""
BACK = "DROP TRIGGER nothing_for_the_forgotten_{1} ON {0}"
KEYS = [  # table, its key to a person
    ("collective_follow", "person_id"),
    ("collective_followup", "person_id"),
    ("collective_message", "person_id"),
    ("collective_signin", "person_id"),
    ("collective_deletionrequest", "person_id"),
    ("collective_taken", "person_id"),
    ("collective_recordjoin", "kept_id"),
    ("collective_recordjoin", "gone_id"),
    ("collective_call", "lead_id"),
    ("collective_person", "joined_into_id"),
    ("collective_activity_invited", "person_id"),
    ("collective_announcement_chosen", "person_id"),
    ("collective_person_groups", "person_id"),
    ("collective_person_user_permissions", "person_id"),
]


class Migration(migrations.Migration):
    dependencies = [("collective", "0009_forgetting")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION nothing_for_the_forgotten()"),
        *(migrations.RunSQL(TRIGGER.format(*row), BACK.format(*row)) for row in KEYS),
    ]
