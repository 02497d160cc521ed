"""No door is forgotten: every field for what people type is one of ours."""

import importlib
import pkgutil

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import RequestFactory

from collective.models import Person
from collective.typed import fields as ours
from collective.typed import forms as our_forms
from tests.cases import PEOPLE

APPS = ["portal", "events", "policy_drafts", "payments", "collective"]
# What our code writes, and nobody types: hashes, keys, kinds, what Stripe and mail servers say.
WRITTEN_BY_US = {
    "collective.Announcement.audience",
    "collective.Backup.proof_error",
    "collective.BrowserSession.device",
    "collective.BrowserSession.session_data",
    "collective.BrowserSession.session_key",
    "collective.FileToRemove.name",
    "collective.JoinRequest.seen",
    "collective.Message.error",
    "collective.Message.kind",
    "collective.Message.message_id",
    "collective.Message.revision",
    "collective.Message.subject",
    "collective.Message.text",
    "collective.Person.password",
    "collective.KeyProof.secret",
    "collective.Person.phone_hash",
    "collective.Person.time_zone",
    "collective.Problem.name",
    "collective.Redaction.reason",
    "collective.SignIn.network",
    "collective.SweepRun.error",
    "collective.SweepRun.name",
    "collective.Taken.line",
    "payments.Payment.problem",
    "payments.PayoutAttempt.error",
    "payments.PayoutAttempt.key",
    "payments.PayoutAttempt.stripe_id",
    "payments.PayoutAttempt.stripe_status",
    "payments.StripeEvent.error",
    "payments.StripeEvent.event_id",
    "payments.StripeEvent.object_id",
    "payments.StripeEvent.type",
    "payments.UnknownMovement.stripe_id",
    "policy_drafts.Draft.policy_title",
    "policy_drafts.Draft.sha256",
    "policy_drafts.DraftBlock.html",
    "policy_drafts.DraftBlock.kind",
    "policy_drafts.DraftBlock.text",
    "policy_drafts.DraftFile.error",
    "policy_drafts.DraftFile.given_up_by",
    "policy_drafts.DraftSection.html",
    "policy_drafts.DraftSection.title",
    "policy_drafts.FilesTrial.shown",
    "policy_drafts.FilesTrial.why",
    "policy_drafts.Import.why",
    "policy_drafts.Section.html",
    "policy_drafts.SectionSave.html",
    "policy_drafts.WorkingCopyFile.why",
}
READ_OTHERWISE = {"code", "old_code", "html", "was", "version"}  # digits, markup, hidden fields
OUR_FIELDS = (ours.LineField, ours.LinesField, ours.AddressField)
OUR_FORM_FIELDS = (our_forms.LineField, our_forms.LinesField, our_forms.AddressField)
OTHER_TEXT = (forms.RegexField, forms.SlugField, forms.URLField, forms.UUIDField)


def text_fields():
    """Every field of ours that holds text which somebody could type."""
    for model in apps.get_models():
        if model._meta.app_label in APPS and not hasattr(model, "pgh_tracked_model"):
            for field in model._meta.local_concrete_fields:
                if isinstance(field, models.CharField | models.TextField) and field.editable:
                    yield model, field


def is_plain(field):
    """Is it Django's own: no choice of a list, no address of a page, not encrypted, no markup?"""
    plain = (models.CharField, models.TextField, models.EmailField)
    return type(field) in plain and not field.choices


def our_forms_of(base=forms.BaseForm):
    """Every form of ours, once all modules of ours are loaded."""
    for name in APPS:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)
    found = [base]
    while found:
        form = found.pop()
        found += form.__subclasses__()
        if form.__module__.split(".")[0] in APPS:
            yield form


def admin_forms(user):
    """The forms that the admin makes, each for a new row."""
    request = RequestFactory().get("/")
    request.user = user
    for model, of_model in admin.site._registry.items():
        if model._meta.app_label in APPS:
            yield of_model.get_form(request)
            for inline in of_model.get_inline_instances(request):
                yield inline.get_formset(request).form


def forgotten(form):
    """Text fields of a form that are not ours."""
    return {
        f"{form.__module__}.{form.__name__}.{name}"
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField)
        and not isinstance(field, (*OUR_FORM_FIELDS, *OTHER_TEXT))
        and name not in READ_OTHERWISE
        and not isinstance(field.widget, forms.Select)
        and "Prose" not in type(field.widget).__name__
    }


def test_every_column_that_people_type_into_is_cleaned():
    plain = {
        f"{model._meta.label}.{field.name}" for model, field in text_fields() if is_plain(field)
    }

    assert plain - WRITTEN_BY_US == set()


def test_no_column_is_excused_that_is_not_there():
    names = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
    }

    assert WRITTEN_BY_US - names == set()


def test_every_column_for_an_email_address_is_ours():
    columns = [field for _, field in text_fields() if isinstance(field, models.EmailField)]

    assert [type(field) for field in columns] == [ours.AddressField] * len(columns)


def test_every_box_of_a_form_of_ours_is_cleaned():
    assert set().union(*map(forgotten, our_forms_of())) == set()


@pytest.mark.django_db
def test_every_box_of_the_admin_is_cleaned():
    user = Person.objects.create_superuser("root@example.org")

    assert set().union(*map(forgotten, admin_forms(user))) == set()


@pytest.mark.django_db
def test_migrations_see_djangos_own_fields():
    paths = {field.deconstruct()[1] for _, field in text_fields() if isinstance(field, OUR_FIELDS)}

    assert paths == {
        "django.db.models.CharField",
        "django.db.models.TextField",
        "django.db.models.EmailField",
    }


def lines(build):
    if "letter" in build:
        return build["letter"] * build["times"]
    most, last = build["letters"]
    return "\r\n".join(["x" * most] * (build["lines"] - 1) + ["x" * last])


TEXTS = [row for row in PEOPLE["texts_at_the_limit"] if "build" in row]


@pytest.mark.parametrize("row", TEXTS, ids=lambda row: ascii(row["build"]))
def test_box_counts_as_people_do(row):
    field = our_forms.LinesField(max_length=row["limit"])

    if row.get("accepted"):
        assert "\r" not in field.clean(lines(row["build"]))
    else:
        with pytest.raises(forms.ValidationError, match="shorten this by 1 character"):
            field.clean(lines(row["build"]))


def test_box_on_the_page_cuts_nothing():
    attributes = our_forms.LinesField(max_length=1000).widget.attrs

    assert (attributes.get("maxlength"), attributes["data-limit"]) == (None, "1000")


@pytest.mark.parametrize("row", PEOPLE["names"], ids=lambda row: ascii(row["typed"])[:40])
def test_form_keeps_or_refuses_a_name(row):
    field = our_forms.LineField(max_length=100)
    typed = lines(row["build"]) if "build" in row else row["typed"]

    if "refused" in row:
        with pytest.raises(forms.ValidationError):
            field.clean(typed)
    else:
        assert field.clean(typed) == ("a" * 100 if "build" in row else row["kept"])
