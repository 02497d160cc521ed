"""What the database refuses for an emptied record: anything new.

A record is emptied when it is joined into another, and when its person is forgotten. Whoever takes
something in for a person asks first which record stands for them, under its lock
(`collective/people/standing.py`). The trigger is the last guard. It looks when the transaction
commits, under the lock that the check of the key takes anyway, and so takes no lock of its own
earlier than that. A test walks every key to a person, and knows the few that may name such a one.
"""

from typing import TypeGuard

import pgtrigger
from django.db import IntegrityError, connection

from collective.errors import broken_constraint

JOINED, FORGOTTEN = "nothing_for_a_joined_person", "nothing_for_a_forgotten_person"
FORGETTING = "collective.forgets"  # "on" in the transaction that forgets: that act looks by itself
LOOK = f"""
IF TG_OP = 'UPDATE' AND NEW.{{column}} IS NOT DISTINCT FROM OLD.{{column}} THEN
    RETURN NULL;
END IF;
SELECT joined_into_id IS NOT NULL,
    forgotten_at IS NOT NULL AND current_setting('{FORGETTING}', true) IS DISTINCT FROM 'on'
    INTO is_joined, is_forgotten
    FROM collective_person WHERE id = NEW.{{column}} FOR KEY SHARE;
IF NOT ({{is_refused}}) OR NOT EXISTS (
    SELECT 1 FROM {{{{meta.db_table}}}}
    WHERE {{{{meta.pk.column}}}} = NEW.{{{{meta.pk.column}}}} AND {{column}} = NEW.{{column}}
) THEN
    RETURN NULL;
END IF;
IF is_forgotten THEN
    RAISE EXCEPTION 'this person is forgotten'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = '{FORGOTTEN}';
END IF;
RAISE EXCEPTION 'this record was joined into another one'
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = '{JOINED}';
"""


def refused(field: str = "person") -> pgtrigger.Trigger:
    """The trigger that lets this key of a row name no emptied record."""
    return _trigger(field, f"{field}_is_not_emptied", "is_joined OR is_forgotten")


def refused_once_forgotten(field: str = "person") -> pgtrigger.Trigger:
    """The same, where a record that was joined into another may be named."""
    return _trigger(field, f"{field}_is_not_forgotten", "is_forgotten")


def _trigger(field: str, name: str, is_refused: str) -> pgtrigger.Trigger:
    look = LOOK.format(column=f"{{columns.{field}}}", is_refused=is_refused)
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(f"{field}_id"),
        timing=pgtrigger.Deferred,
        declare=[("is_joined", "boolean"), ("is_forgotten", "boolean")],
        func=pgtrigger.Func(look),
    )


def look_now() -> None:
    """Look at what this transaction wrote: a record that is emptied next had a right to it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def is_refusal(error: BaseException) -> TypeGuard[IntegrityError]:
    """Did the database refuse a row because the record that it names was emptied?"""
    return isinstance(error, IntegrityError) and broken_constraint(error) in {JOINED, FORGOTTEN}
