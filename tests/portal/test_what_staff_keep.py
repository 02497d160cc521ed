"""Staff delete nothing that names a person, and their log says what they did, no more, no less."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from collective import clock
from collective.models import Announcement, FollowUp, Person
from portal.my_data import my_data
from tests.factories import CoordinatorFactory, PersonFactory, SessionFactory, sign_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
OWN_DRAFTS = {"collective.Announcement"}  # what nobody was told yet, by whoever wrote it


@pytest.fixture
def noted():
    """A colleague's follow-up about somebody."""
    return FollowUp.objects.create(
        person=PersonFactory(),
        what="Ring them",
        due_on=clock.now().date(),
        created_by=CoordinatorFactory(name="Priya"),
    )


def page_of(row):
    return f"/admin/collective/{row._meta.model_name}/{row.pk}/"


def form_of(row, **more):
    return {"due_on": f"{row.due_on}", "what": "x", "person": "", "activity": "", **more}


def names_people(model):
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return any(field.related_model is Person for field in fields)


def test_nobody_deletes_a_row_that_names_a_person_superusers_neither(rf):
    request = rf.get("/")
    request.user = CoordinatorFactory(is_superuser=True)

    deletable = {
        model._meta.label
        for model, found in admin.site._registry.items()
        if names_people(model) and found.has_delete_permission(request)
    }

    assert deletable == OWN_DRAFTS


def test_action_on_the_list_deletes_no_follow_up(client, coordinator, noted):
    client.post(
        "/admin/collective/followup/",
        {"action": "delete_selected", "_selected_action": [noted.pk], "post": "yes"},
    )

    assert FollowUp.objects.get() == noted


def test_message_of_a_colleague_is_deleted_by_nobody_else(client, coordinator):
    row = Announcement.objects.create(subject="Hello", created_by=CoordinatorFactory())
    form = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}

    client.post("/admin/collective/announcement/", form)

    assert Announcement.objects.get() == row


def test_follow_up_of_a_colleague_keeps_its_words_and_its_person(client, coordinator, noted):
    client.post(f"{page_of(noted)}change/", form_of(noted))

    after = FollowUp.objects.get()
    assert (after.what, after.person) == ("Ring them", noted.person)


def test_whoever_noted_a_follow_up_words_it_anew(client, coordinator, noted):
    FollowUp.objects.update(created_by=coordinator)

    client.post(f"{page_of(noted)}change/", form_of(noted, person=noted.person_id))

    assert FollowUp.objects.get().what == "x"


def test_follow_up_that_was_a_mistake_says_who_said_so(client, coordinator, noted):
    client.post(f"{page_of(noted)}acts/mistake/")

    (row,) = my_data(noted.person)["what our team did"]
    assert (FollowUp.objects.get().done_by, row["who"]) == (coordinator, "Jo")
    assert row["what"] == "Noted as a mistake"


def test_form_that_changed_nothing_is_on_no_log(client, coordinator):
    registration = sign_up(SessionFactory())
    client.post(f"/admin/events/registration/{registration.pk}/change/", {})
    page = f"/admin/collective/person/{registration.person_id}/change/"
    client.post(page, {"name": registration.person.name, "reach_by": "email"})

    words = set(LogEntry.objects.values_list("change_message", flat=True))
    assert "[]" not in words


def test_older_line_of_a_form_that_changed_nothing_is_no_act_of_our_teams():
    person = PersonFactory()
    LogEntry.objects.create(
        user=CoordinatorFactory(),
        content_type=ContentType.objects.get_for_model(Person),
        object_id=str(person.pk),
        object_repr="",
        action_flag=CHANGE,
        change_message="[]",
    )

    assert my_data(person)["what our team did"] == []
