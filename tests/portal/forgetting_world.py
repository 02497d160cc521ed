"""Somebody of whom we hold all that can be held, and every text of theirs a word of its own."""

import json
import re
from datetime import timedelta

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models, transaction

from collective import clock
from collective.models import Call, InterruptedForm, Person, SignIn
from collective.safety import encryption
from dev import servers
from events.models import BookingDraft, ConversationSeries, Registration, SignUpDraft
from payments.models import Expense, Payment, PayoutAttempt, Review, UnknownMovement
from policy_drafts.models import Policy
from portal.my_data import PARTS
from tests.factories import CoordinatorFactory, FinanceFactory, PayoutAccountFactory, role_in
from tests.portal.test_my_data import everything_about, keys_to

PAGE = servers.ROOT / "docs" / "forgetting.md"
A_ROW = re.compile(r"^\| `([\w.]+\.(?:\w+|\*))` \| (goes|stays) \|(.*)\|$", re.MULTILINE)
ENUMERATED = {"code", "choices", "kind"}  # of what is encrypted: no words of anybody
SHAPES = {  # of what is empty in the world that is made
    "companion": {"kind": "brings", "name": "", "email": ""},
    "answer": {"reason": "", "note": ""},
    "access_needs": {"choices": [], "notes": ""},
    "details": {"to_whom": "", "told": ""},
}
NO_WORDS = {"pgh_label", "pgh_context"}  # "update", and who did it by which route
TEXTS = (models.CharField, models.TextField, models.JSONField, models.FileField)
TOLD = set().union(*(part.TOLD for part in PARTS))
Enc = encryption.EncryptedJSONField


def table_of_the_page():
    """{app.Model.field, or app.Model.*: "goes" or "stays"}."""
    return {name: what for name, what, _ in A_ROW.findall(PAGE.read_text())}


def text_fields(model):
    """The fields of this model in which somebody's words can stand."""
    return [
        field
        for field in model._meta.local_concrete_fields
        if isinstance(field, TEXTS) and not field.choices and field.name not in NO_WORDS
    ]


def is_a_table_of_ours(model):
    """Not one that Django makes for a relation, nor a view of other tables."""
    own = model._meta.concrete_model._meta
    return own.managed and not model._meta.proxy and not model._meta.auto_created


def about_one_person():
    """The models whose rows are about one person: those that are told, and their histories."""
    found, new = {Person}, {Person}
    while new:
        new = {model for name, model in keys_to(new).items() if _is_about(name)} - found
        found |= new
    return set(filter(is_a_table_of_ours, found))


def _is_about(name):
    return name.endswith(".pgh_obj") or (
        name in TOLD and not name.endswith(("_by", ".lead", ".host", ".kept_for"))
    )


def pointing_at_a_person():
    """Every model with a key to a person: also those that are not about them."""
    return set(filter(is_a_table_of_ours, keys_to({Person}).values()))


def keys_of_rows(person):
    """{model: the keys of its rows that are this person's}, step by step along the keys."""
    found, new = {Person: {person.pk}}, {Person: {person.pk}}
    about = about_one_person()
    while new:
        step = {}
        for name, model in keys_to(set(new)).items():
            if not is_a_table_of_ours(model):
                continue
            target = model._meta.get_field(name.rsplit(".", 1)[1]).related_model
            rows = model._base_manager.filter(**{f"{name.rsplit('.', 1)[1]}__in": new[target]})
            keys = set(rows.values_list("pk", flat=True)) - found.get(model, set())
            if keys:
                step.setdefault(model, set()).update(keys)
        for model, keys in step.items():
            found.setdefault(model, set()).update(keys)
        new = {model: keys for model, keys in step.items() if model in about}
    return found


def make_everything(person):
    """One row of everything; nothing is owed, nobody is needed to hold or to write anything."""
    everything_about(person, 1)
    staff = CoordinatorFactory()
    account = PayoutAccountFactory(person=person)
    payment = Payment.objects.get(person=person)
    attempt = PayoutAttempt.objects.create(
        payment=payment, method="stripe", amount_pence=7500, request={}, voucher_code="x"
    )
    Review.objects.create(attempt=attempt, why="x", evidence="x")
    UnknownMovement.objects.create(stripe_id="obp_1", amount_pence=1, payment=payment)
    Expense.objects.create(
        payment=payment, kind="travel", what="Bus", amount_pence=300, added_by=person
    )
    Registration.objects.update(access_needs=SHAPES["access_needs"])
    for model in (SignUpDraft, BookingDraft):
        model.objects.update(answers={"topics": ["x"]})
    InterruptedForm.objects.update(sent={"pairs": [["name", ["x"]]]})
    SignIn.objects.create(email="zqnew@example.org", network="x", person=person)
    role_in(Policy.objects.get(roles__person=person))
    ConversationSeries.objects.filter(host=person).update(state="cancelled")
    Call.objects.filter(lead=person).update(about_lead="x")
    return staff, account


@transaction.atomic
def settle(person):
    """Everything that was owed has arrived, as in six weeks."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        approved = {"approved_by": FinanceFactory(), "approved_at": clock.now(), "method": "stripe"}
        Payment.objects.filter(person=person).update(state="arrived", **approved)
        Expense.objects.filter(payment__person=person).update(state="refused")


@transaction.atomic
def fill(rows):
    """Write a word of its own into each text of these rows, past every trigger; {field: words}."""
    words, number = {}, 0
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model, keys in sorted(rows.items(), key=lambda item: item[0]._meta.label):
            for field in sorted(text_fields(model), key=lambda field: field.primary_key):
                for key in keys:
                    number += 1
                    word = _word(field, number)
                    row = model._base_manager.filter(pk=key)
                    row.update(**{field.name: _value(field, word, row)})
                    words.setdefault(f"{model._meta.label}.{field.name}", set()).add(word)
    return words


def _word(field, number):
    long = f"zq{number:04}wordx"
    if isinstance(field, models.EmailField):
        return f"{long}@example.org"
    return long if (field.max_length or 100) >= len(long) else f"q{number:03}"


def _value(field, word, row):
    if isinstance(field, Enc):
        value = row.values_list(field.name, flat=True)[0]
        return _filled(SHAPES.get(field.name, "") if value is None else value, word)
    if isinstance(field, models.JSONField):
        return {"why": word}
    if isinstance(field, models.FileField):
        return default_storage.save(f"receipts/{word}.pdf", ContentFile(word.encode()))
    return word


def _filled(value, word):
    """The value in its shape, with the word wherever somebody can write."""
    if isinstance(value, dict):
        kept = {name: part for name, part in value.items() if name in ENUMERATED}
        return {**{name: _filled(part, word) for name, part in value.items()}, **kept}
    return [word] if isinstance(value, list) else word


def dump():
    """Every table as text, what is encrypted in clear."""
    texts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            texts += [row[0] for row in cursor.fetchall()]
    whole = "\n".join(texts)
    return re.sub(r"\w+:gAAAA[\w=-]+", lambda found: encryption.decrypt(found[0]), whole)


def sessions():
    """What stands in the sessions of browsers, in clear."""
    rows = apps.get_model("sessions.Session").objects.all()
    return json.dumps([row.get_decoded() for row in rows], default=str)


def files(folder):
    """The names and the content of every file."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return "\n".join(f"{path.name} {path.read_bytes()!r}" for path in found)


A_WEEK = timedelta(days=7)
