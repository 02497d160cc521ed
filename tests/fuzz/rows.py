"""What a request has written, row by row: compared with all rows as they were before it."""

from dataclasses import dataclass

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey

from collective.models import Person
from collective.safety.encryption import EncryptedJSONField
from tests.portal.test_joined_people import STAYS, WHO_DID_IT

ADDED, CHANGED, DELETED = "add", "change", "delete"
# Under one of these stands what a host, or a lead, looks after.
ROOFS = {"collective.Activity", "policy_drafts.Policy"}
MODELS = {
    model._meta.db_table: model
    for model in apps.get_models(include_auto_created=True)
    if model._meta.managed and not model._meta.proxy
}
PERSON = Person._meta.label


@dataclass(frozen=True)
class Written:
    """One row that was added, changed or deleted."""

    label: str  # of its model
    act: str
    key: object
    row: dict  # as it is now, or as it was where it is gone
    fields: frozenset = frozenset()  # which of it have changed

    def __str__(self):
        return " ".join([self.act, self.label, *sorted(self.fields)])


class Rows:
    """All rows before any request, and those that stand in the place of some of them now."""

    def __init__(self):
        self.before = {table: read(table) for table in MODELS}
        self.counted = counts()

    def written(self):
        """Each row that has been written since this was last asked, and taken back since."""
        last, self.counted = self.counted, counts()
        tables = {table for table, number in self.counted.items() if number != last.get(table)}
        self.now = {table: read(table) for table in tables & set(MODELS)}
        return [row for table in self.now for row in compared(table, self.before, self.now)]

    def row(self, model, key):
        """A row as it is now, or as it was where it is gone; None where there is none."""
        table = model._meta.db_table
        return self.now.get(table, {}).get(key) or self.before[table].get(key)

    def with_key(self, key):
        """The rows that have this key, of whichever model, as they are now."""
        return [
            Written(model._meta.label, CHANGED, key, row)
            for model in MODELS.values()
            if (row := self.row(model, key)) is not None
        ]

    def owners(self, written):
        """The keys of the people whose the row is: it says so itself, or the row above it does."""
        if written.label == PERSON:
            return {written.key}
        return self._owners(apps.get_model(written.label), written.row, most=4)

    def _owners(self, model, row, most):
        keys = people_of(model)
        found = {row[key.attname] for key in keys} - {None}
        if found or keys or not most:
            return found
        above = (self._above(key, row) for key in keys_of(model))
        return {one for up, at in above if at for one in self._owners(up, at, most - 1)}

    def roofs(self, written):
        """The activity and the policy under which it stands: {(label, key)}."""
        return self._roofs(apps.get_model(written.label), written.key, written.row, most=4)

    def _roofs(self, model, key, row, most):
        mine = {(model._meta.label, key)} & {(roof, key) for roof in ROOFS}
        if not most:
            return mine
        for above in keys_of(model):
            up, at = self._above(above, row)
            if at and up is not Person:
                mine |= self._roofs(up, at[up._meta.pk.attname], at, most - 1)
        return mine

    def _above(self, key, row):
        return key.related_model, self.row(key.related_model, row[key.attname])


def keys_of(model):
    return [key for key in model._meta.local_fields if isinstance(key, ForeignKey)]


def people_of(model):
    """The keys that say whose a row is; who did something with it has no right to it thereby."""
    did = {label for label, why in STAYS.items() if why == WHO_DID_IT}
    return [
        key
        for key in keys_of(model)
        if key.related_model is Person and f"{model._meta.label}.{key.name}" not in did
    ]


def compared(table, before, now):
    """Each difference between the rows of a table then and now."""
    label, then, now = MODELS[table]._meta.label, before[table], now[table]
    for key in now.keys() | then.keys():
        if key not in then:
            yield Written(label, ADDED, key, now[key])
        elif key not in now:
            yield Written(label, DELETED, key, then[key])
        elif fields := changed_fields(MODELS[table], then[key], now[key]):
            yield Written(label, CHANGED, key, now[key], fields)


def changed_fields(model, then, now):
    """The fields that say something else: what is encrypted looks new after each save."""
    return frozenset(
        field.attname
        for field in model._meta.local_concrete_fields
        if then[field.attname] != now[field.attname]
        and said(field, then[field.attname]) != said(field, now[field.attname])
    )


def said(field, value):
    is_secret = isinstance(field, EncryptedJSONField)
    return field.from_db_value(value, None, connection) if is_secret else value


def read(table):
    """{key: {field: value}} of each row, as the database has them: what is secret stays so."""
    model = MODELS[table]
    names = {field.column: field.attname for field in model._meta.local_concrete_fields}
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {", ".join(map(quoted, names))} FROM "{table}"')
        rows = [dict(zip(names.values(), row, strict=True)) for row in cursor.fetchall()]
    return {row[model._meta.pk.attname]: row for row in rows}


def quoted(name):
    return f'"{name}"'


def counts():
    """{table: how often it was written} in this transaction, what was taken back included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return dict(cursor.fetchall())
