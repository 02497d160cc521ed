"""One mailbox is one person at every door, and the database keeps it so."""

from importlib import import_module

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.urls import reverse

from collective.errors import RuleError
from collective.models import FollowUp, Message, Person, SignIn
from collective.people import email_change, sign_in_limits, staff
from collective.people.alike import KnownAlready
from events.sessions import door
from events.sessions.door import Newcomer
from events.sessions.forms import AnswersForm
from policy_drafts.models import PolicyRole
from policy_drafts.roles import inviting
from tests.cases import PEOPLE
from tests.factories import PersonFactory, PolicyFactory, SessionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
WAYS = [(row["kept"], way) for row in PEOPLE["addresses"]["same_person"] for way in row["typed"]]
HIDDEN = "sam@exam\u00adple.org"
OLD = import_module("collective.migrations.0006_one_normal_form_of_an_address")


@pytest.mark.parametrize(("kept", "typed"), WAYS)
def test_code_for_any_way_to_type_it_enters_the_same_record(client, outbox, kept, typed):
    person = PersonFactory(email=kept)

    client.post("/accounts/login/", {"email": typed})
    asked = SignIn.objects.get()
    client.post("/accounts/login/code/", {"code": asked.code})

    assert (client.session["_auth_user_id"], Person.objects.count()) == (str(person.pk), 1)
    assert outbox[0].to == [kept]


def test_every_way_to_type_it_counts_towards_one_limit(client, outbox):
    for _, typed in WAYS[:12]:
        client.post("/accounts/login/", {"email": typed})

    assert (SignIn.objects.count(), len(outbox)) == (sign_in_limits.MOST_TOGETHER,) * 2


@pytest.mark.parametrize("row", PEOPLE["addresses"]["refused"], ids=lambda row: row["because"])
def test_what_is_no_address_sends_nothing_and_says_what_to_do(client, outbox, row):
    page = client.post("/accounts/login/", {"email": row["typed"]})

    assert page.context["form"].errors["email"][0].startswith(("Enter", "There is"))
    assert (page.status_code, outbox) == (200, [])


def test_changed_address_is_kept_in_its_normal_form(outbox):
    asked = email_change.ask(PersonFactory(), HIDDEN, "203.0.113.1")

    assert email_change.change_after_sign_in(asked, asked.code).email == "sam@example.org"


def test_change_to_the_address_of_another_record_is_taken(outbox):
    PersonFactory(email="sam@example.org")
    asked = email_change.ask(PersonFactory(), HIDDEN, "203.0.113.1")

    with pytest.raises(RuleError, match="another record"):
        email_change.change_after_sign_in(asked, asked.code)

    assert FollowUp.objects.count() == 1


def test_other_refusals_of_the_database_are_no_taken_address(outbox, monkeypatch):
    def refuse(*args, **kwargs):
        Person.objects.update(phone="+442079460123", phone_hash="")

    asked = email_change.ask(PersonFactory(), "new@example.org", "203.0.113.1")
    monkeypatch.setattr(Person, "save", refuse)

    with pytest.raises(IntegrityError):
        email_change.change_after_sign_in(asked, asked.code)


def test_person_who_came_without_signing_up_is_found(late):
    person = PersonFactory(email="sam@example.org")

    with pytest.raises(KnownAlready) as known:
        door.note_newcomer(SessionFactory(), Newcomer("Sam", HIDDEN))

    assert (known.value.people, Person.objects.count()) == ([person], 1)


def test_invitation_to_staff_finds_the_record(outbox):
    person = PersonFactory(email="ada@xn--bcher-kva.example")

    assert staff.invite("Ada@BÜCHER.example") == person


def test_invitation_to_a_policy_is_for_whoever_signs_in_with_it():
    person = PersonFactory(email="ada@xn--bcher-kva.example")
    policy = PolicyFactory()

    role = inviting.invite(
        policy, PersonFactory(), "ada@bücher.example", PolicyRole.Kind.WORKING_GROUP
    )

    assert list(PolicyRole.objects.inviting(person)) == [role]
    assert Message.objects.get(about=role.pk).person == person


def test_staff_find_a_record_by_any_way_to_type_the_address(client, coordinator):
    person = PersonFactory(email="ada@xn--bcher-kva.example", name="Ada")
    PersonFactory(name="Ben")

    page = client.get(reverse("admin:collective_person_changelist"), {"q": "Ada@Bücher.example"})

    assert list(page.context["cl"].queryset) == [person]
    assert list(Person.objects.found_by("ADA@bücher.example\u200b")) == [person]


def test_companion_is_written_to_in_the_normal_form():
    answers = {"capacity": "personal", "coming_along": "brings", "companion_name": "Kim"}

    form = AnswersForm(
        {**answers, "companion_email": "Kim@Exam\u00adple.org"}, session=SessionFactory()
    )

    assert (form.errors, form.answers["companion"]["email"]) == ({}, "kim@example.org")


def test_shared_address_has_its_normal_form():
    person = PersonFactory(email=None, contact_email="Kim@Example.org\u200b")

    assert Person.objects.get(contact_email="kim@EXAMPLE.org") == person


def test_superuser_is_made_with_the_normal_form():
    call_command("createsuperuser", "--noinput", email="Root@Exam\u00adple.org", verbosity=0)

    assert Person.objects.get().email == "root@example.org"


def test_command_says_what_is_wrong_with_an_address():
    with pytest.raises(CommandError, match="one @"):
        call_command("invite_staff", "a@b@example.org", superuser=True)


def test_rule_refuses_what_is_no_address():
    with pytest.raises(RuleError):
        Person.objects.create_user("sam")
    with pytest.raises(ValidationError):
        SignIn.objects.create(email="sam", network="x")


def test_nobody_is_found_by_what_is_no_address():
    PersonFactory(email=None, contact_email="kim@example.org")

    assert not Person.objects.filter(email="").exists()
    assert not Person.objects.filter(email="sam").exists()


@pytest.mark.parametrize(
    "email", ["Sam@example.org", "sam@bücher.example", "sam@example.org\u200b", "sam @example.org"]
)
def test_database_refuses_another_form(email):
    person = PersonFactory()

    with pytest.raises(IntegrityError, match="person_email_in_normal_form"), transaction.atomic():
        write(person, email)


def write(person, email):
    """As psql would: past our code."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE collective_person SET email = %s WHERE id = %s", [email, person.pk])


@pytest.fixture
def before():
    """The database as it was before its constraint; the models as that migration sees them."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE collective_person DROP CONSTRAINT person_email_in_normal_form")
    return MigrationLoader(connection).project_state(("collective", OLD.BEFORE)).apps


def migrate(apps):
    OLD.normalise(apps, None)
    OLD.normalise_others(apps, None)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE collective_person ADD CONSTRAINT again CHECK (email ~ %s)",
            [OLD.NORMAL_FORM],
        )


def test_migration_gives_each_address_its_normal_form(before):
    person = PersonFactory()
    write(person, "ada@bücher.example")

    migrate(before)

    assert Person.objects.get(pk=person.pk).email == "ada@xn--bcher-kva.example"


def test_migration_joins_nobody_and_asks_staff_to_look(before, capsys):
    real, double = PersonFactory(email="sam@example.org"), PersonFactory(wants_news=False)
    write(double, "sam@example.org\u200b")

    migrate(before)

    double.refresh_from_db()
    assert (double.email, double.contact_email) == (None, "sam@example.org")
    assert (double.wants_news, double.reach_by) == (False, "email")
    assert str(real.pk) in FollowUp.objects.get(person=double).what
    assert str(double.pk) in capsys.readouterr().out


def test_of_two_with_one_address_staff_still_sign_in(before):
    boss = PersonFactory(is_staff=True)
    PersonFactory(email="sam@example.org")
    write(boss, "sam@example.org\u200b")

    migrate(before)

    assert Person.objects.get(email="sam@example.org") == boss


def test_migration_takes_off_what_no_mail_reaches_and_says_so(before):
    person = PersonFactory()
    write(person, "adm\u0131n@example.org")

    migrate(before)

    person.refresh_from_db()
    assert (person.email, person.reach_by) == (None, "phone")
    assert "adm\u0131n" in FollowUp.objects.get(person=person).what
