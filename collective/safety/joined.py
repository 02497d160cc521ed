"""What the database refuses for a person whose record was joined into another: anything new.

Whoever takes something in for a person asks first which record stands for them, under its lock
(`collective/people/standing.py`). The trigger is the last guard. It looks when the transaction
commits, under the lock that the check of the key takes anyway, and so takes no lock of its own
earlier than that. A test walks every key to a person, and knows the few that may name such a one.
"""

import pgtrigger
from django.db import IntegrityError, connection

CONSTRAINT = "nothing_for_a_joined_person"
LOOK = """
IF TG_OP = 'UPDATE' AND NEW.{column} IS NOT DISTINCT FROM OLD.{column} THEN
    RETURN NULL;
END IF;
SELECT joined_into_id INTO stands_for_them FROM collective_person
    WHERE id = NEW.{column} FOR KEY SHARE;
IF stands_for_them IS NOT NULL AND EXISTS (
    SELECT 1 FROM {{meta.db_table}}
    WHERE {{meta.pk.column}} = NEW.{{meta.pk.column}} AND {column} = NEW.{column}
) THEN
    RAISE EXCEPTION 'this record was joined into another one'
        USING ERRCODE = 'integrity_constraint_violation',
        CONSTRAINT = 'nothing_for_a_joined_person';
END IF;
RETURN NULL;
"""


def refused(field: str = "person") -> pgtrigger.Trigger:
    """The trigger that lets this key of a row name nobody who was joined into another record."""
    return pgtrigger.Trigger(
        name=f"{field}_is_not_joined",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(f"{field}_id"),
        timing=pgtrigger.Deferred,
        declare=[("stands_for_them", "uuid")],
        func=pgtrigger.Func(LOOK.format(column=f"{{columns.{field}}}")),
    )


def look_now() -> None:
    """Look at what this transaction wrote: a record that is emptied next had a right to it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def is_refusal(error: BaseException) -> bool:
    """Did the database refuse a row because its person was joined into another record?"""
    found = getattr(error.__cause__, "diag", None)
    return isinstance(error, IntegrityError) and getattr(found, "constraint_name", "") == CONSTRAINT
