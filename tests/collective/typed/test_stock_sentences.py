"""What Django and django-allauth say when something is not right comes in our words, or never.

Their sentences are read from their own source, so that a new version of theirs cannot bring a new
one without this test failing. Ours stand in collective/locale/en_GB/LC_MESSAGES/django.po.
"""

import ast
import gettext
import importlib.util
import re
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import modelform_factory

from collective.models import Page, Person
from dev import servers
from tests.collective.typed.test_fields import admin_forms, our_forms_of
from tests.factories import PageFactory

CATALOG = servers.ROOT / "collective" / "locale" / "en_GB" / "LC_MESSAGES"
# Where the sentences stand that answer what somebody sent.
MODULES = [
    "allauth.account.adapter",
    "allauth.mfa.adapter",
    "django.contrib.admin.actions",
    "django.contrib.admin.forms",
    "django.contrib.admin.options",
    "django.contrib.postgres.validators",
    "django.core.validators",
    "django.db.models.base",
    "django.db.models.constraints",
    "django.db.models.fields",
    "django.db.models.fields.json",
    "django.db.models.fields.related",
    "django.forms.fields",
    "django.forms.forms",
    "django.forms.formsets",
    "django.forms.models",
    "django.forms.utils",
]
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
# (a part of theirs, why nobody reads it here)
NEVER = [
    (r"password|username|Username|case-sensitive", "nobody has a password or a user name"),
    (r"email address|phone number|Invalid login|expired key", "the way in is ours, by a code"),
    (r"Too many failed login|select only one|new value must", "ours: collective/people/adapters"),
    (r"^“%\(value\)s” ", "the field of the form reads it first"),
    (r"^(List contains|Ensure that the .* bound)", "there are no such columns"),
    (r"domain name|Unicode letters|separated by commas|%\(protocol\)s", "there are no such fields"),
    (r"JSON|step size|unique for|is %\(limit_value\)s \(it is", "there are no such fields"),
]
FINE = re.compile(r"successfully|^Successfully|^You may edit")  # plain, and good news


def sentences():
    """Every sentence of theirs."""
    for name in MODULES:
        source = Path(importlib.util.find_spec(name).origin).read_text()
        for call in ast.walk(ast.parse(source)):
            if isinstance(call, ast.Call) and getattr(call.func, "id", None) in CALLS:
                text = getattr(call.args[0], "value", None)
                if isinstance(text, str) and text.endswith("."):
                    yield text


def ours():
    """{their sentence: ours}, of the file that is read by people."""
    found = {}
    for block in (CATALOG / "django.po").read_text().split("\n\n"):
        words = dict(re.findall(r'^(msg\w+(?:\[\d\])?) "(.*)"$', block, re.MULTILINE))
        if words.get("msgid"):
            found[words["msgid"]] = words.get("msgstr") or words["msgstr[0]"]
            if "msgid_plural" in words:
                found[words["msgid_plural"]] = words["msgstr[1]"]
    return found


def test_each_sentence_of_theirs_is_ours_or_is_never_read():
    left = {text for text in sentences() if text not in ours() and not FINE.search(text)}

    assert [text for text in left if not any(re.search(part, text) for part, _ in NEVER)] == []


def test_no_sentence_is_excused_that_is_not_there():
    theirs = list(sentences())

    assert [part for part, _ in NEVER if not any(re.search(part, text) for text in theirs)] == []


def test_what_runs_is_made_from_what_is_read():
    with (CATALOG / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    made = set(compiled._catalog.values()) - {compiled._catalog[""]}
    assert made == set(ours().values())


def test_our_sentences_say_what_to_do_in_plain_words():
    jargon = re.compile(r"invalid|valid|Ensure|select|submit|field|value|null|character \(", re.I)

    plain = [re.sub(r"%\(\w+\)[sd]", "", words) for words in ours().values()]

    assert [words for words in plain if jargon.search(words)] == []


def messages_of(field):
    """What a field of a form can answer, but for what is only known with the value."""
    yield from (str(words) for words in field.error_messages.values())
    yield from (str(getattr(check, "message", "")) for check in field.validators)
    for part in getattr(field, "fields", ()):
        yield from messages_of(part)


@pytest.mark.django_db
def test_no_field_of_any_form_has_a_stock_sentence():
    stock = set(sentences())
    user = Person.objects.create_superuser("root@example.org")

    found = {
        (f"{form.__module__}.{form.__name__}.{name}", words)
        for form in (*our_forms_of(), *admin_forms(user))
        for name, field in form.base_fields.items()
        for words in messages_of(field)
        if words in stock
    }

    assert found == set()


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        (forms.IntegerField(), "two", "Enter a whole number, in digits like 12."),
        (forms.IntegerField(min_value=3), "2", "Enter 3 or more."),
        (forms.DateField(), "soon", "We cannot read this as a day. Write it like 27/3/2027."),
        (forms.CharField(), "", "Please fill this in."),
        (forms.SlugField(max_length=3), "long", "There is room for 3 characters, and it has 4."),
        (forms.ChoiceField(choices=[]), "x", "This is not one of the choices any more."),
        (forms.URLField(), "zoom", "Enter a whole address, like https://example.org/page."),
        (forms.DecimalField(max_digits=2), "123", "Write at most 2 digits."),
    ],
)
def test_djangos_fields_speak_plainly(field, typed, words):
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)

    assert words in " ".join(refused.value.messages)


def test_two_rows_of_one_name_are_said_plainly(db):
    page = PageFactory(slug="support")
    form = modelform_factory(Page, fields=["slug"])({"slug": page.slug})

    assert form.errors["slug"] == [
        "There is a Page with this Slug already. Please change one of the two."
    ]
