"""Negative controls of the fuzz: what nobody may write is seen, and what they may is not."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.db import transaction

from collective.messages import mail
from collective.models import Person
from events.conversations.confidential import LOOKED
from events.models import Conversation, Registration, Slot
from payments.models import Payment
from policy_drafts.models import Section
from tests.factories import section_in
from tests.fuzz.rights import Rights
from tests.fuzz.rows import Rows
from tests.portal.test_fuzz import of_pages, of_staff, world  # noqa: F401 the fixtures

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.django_db,
    pytest.mark.usefixtures("early", "community"),
]


@pytest.fixture
def judge(world):  # noqa: F811 the fixture
    return Judge(world[1])


class Judge:
    """Says what the fuzz says of a request by this person that writes this."""

    def __init__(self, people):
        self.people, self.rows = people, Rows()
        self.rights = Rights(self.rows, people)

    def outside(self, who, write, *, is_safe=False):
        with transaction.atomic():
            write(self.people)
            found = self.rights.outside(self.rows.written(), who, is_safe=is_safe)
            transaction.set_rollback(True)
        return sorted(map(str, found))


def payment_changes(people):
    Payment.objects.filter(person=people["owner"]).update(problem="x")


def registration_changes(people):
    Registration.objects.filter(person=people["owner"]).update(came_for_part=True)


def name_changes(people):
    Person.objects.filter(pk=people["owner"].pk).update(name="Changed")


def slot_of_the_host_closes(people):
    Slot.objects.filter(host=people["host"]).update(state=Slot.State.CLOSED)


def section_of_the_lead_changes(people):
    section = Section.objects.filter(policy__roles__person=people["lead"]).first()
    Section.objects.filter(pk=section.pk).update(title="Changed")


def note_of_the_host_changes(people):
    talk = Conversation.objects.filter(series__host=people["host"]).get()
    talk.note = "Changed"
    talk.save(update_fields=["note"])


def coordinator_looks_in_confidence(people):
    looks(people["coordinator"])


def confidant_looks_in_confidence(people):
    looks(people["confidant"])


def looks(person):
    LogEntry.objects.log_actions(person.pk, [Conversation.objects.first()], CHANGE, LOOKED)


def member_becomes_staff(people):
    people["member"].groups.add(Group.objects.get(name="Finance"))


def member_becomes_superuser(people):
    Person.objects.filter(pk=people["member"].pk).update(is_superuser=True)


def owner_is_told(people):
    registration = Registration.objects.get(person=people["owner"])
    mail.tell(people["owner"], "booked", registration, revision="x")


PAYMENT, NAME = "change payments.Payment problem", "change collective.Person name"
SLOT, SECTION = "change events.Slot state", "change policy_drafts.Section title"
NOTE, LOOK = "change events.Conversation note", "add admin.LogEntry"
PLACE = "change events.Registration came_for_part"
SUPERUSER = "change collective.Person is_superuser"


NOT_THEIRS = [
    ("coordinator", payment_changes, PAYMENT),
    ("host", payment_changes, PAYMENT),
    ("finance", registration_changes, PLACE),
    ("confidant", registration_changes, PLACE),
    ("member", registration_changes, PLACE),
    ("visitor", name_changes, NAME),
    ("member", name_changes, NAME),
    ("finance", name_changes, NAME),
    ("other host", slot_of_the_host_closes, SLOT),
    ("lead", slot_of_the_host_closes, SLOT),
    ("other lead", section_of_the_lead_changes, SECTION),
    ("group", section_of_the_lead_changes, SECTION),
    ("boss", section_of_the_lead_changes, SECTION),
    ("boss", note_of_the_host_changes, NOTE),
    ("coordinator", coordinator_looks_in_confidence, LOOK),
    ("boss", confidant_looks_in_confidence, LOOK),
    ("coordinator", member_becomes_staff, "add collective.Person_groups"),
    ("coordinator", member_becomes_superuser, SUPERUSER),
    ("member", owner_is_told, "add collective.Message"),
    ("coordinator", owner_is_told, "add collective.Message"),
]


THEIRS = [
    ("finance", payment_changes),
    ("coordinator", registration_changes),
    ("owner", name_changes),
    ("coordinator", name_changes),
    ("host", slot_of_the_host_closes),
    ("lead", section_of_the_lead_changes),
    ("host", note_of_the_host_changes),
    ("confidant", confidant_looks_in_confidence),
    ("boss", member_becomes_staff),
]


def test_what_is_not_theirs_to_write_is_seen(judge):
    missed = [
        (who, write.__name__)
        for who, write, seen in NOT_THEIRS
        if seen not in judge.outside(who, write)
    ]

    assert missed == []


def test_what_is_theirs_to_write_is_not(judge):
    found = {(who, write.__name__): judge.outside(who, write) for who, write in THEIRS}

    assert {key: rows for key, rows in found.items() if rows} == {}


def test_method_that_changes_nothing_writes_only_looks(judge):
    of_a_look = judge.outside("confidant", confidant_looks_in_confidence, is_safe=True)
    of_a_change = judge.outside("coordinator", registration_changes, is_safe=True)

    assert (of_a_look, PLACE in of_a_change) == ([], True)


def test_host_writes_nothing_under_a_policy_that_another_leads(judge):
    def adds(people):
        section_in(people["lead"].policy_roles.get().policy, title="New", by=people["host"])

    assert "add policy_drafts.Section" in judge.outside("host", adds)
