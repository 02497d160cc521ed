"""Staff accounts: invited by email, a lost second step, and leaving, which takes effect everywhere
at once.
"""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from collective.errors import RuleError
from collective.messages import mail
from collective.models import Person
from collective.people import staff
from tests.factories import CoordinatorFactory, PersonFactory
from tests.signed_in import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("community")]


@pytest.fixture
def superuser(client):
    person = CoordinatorFactory(name="Alex", is_superuser=True)
    client.force_login(person)
    with_second_factor(client, person)
    return person


def act(client, person, name):
    return client.post(reverse("admin:collective_person_act", args=[person.pk, name]), follow=True)


def inside(person):
    """A browser in which this person is in the admin."""
    browser = Client()
    browser.force_login(person)
    with_second_factor(browser, person)
    assert browser.get("/admin/").status_code == 200
    return browser


def test_invited_person_is_staff_in_their_group_and_gets_the_way_in(client, superuser, outbox):
    group = Group.objects.get(name="Coordinators")

    client.post(
        reverse("admin:collective_person_invite"),
        {"email": "New@Example.org", "name": "Max", "groups": group.pk},
    )
    mail.send_due()

    person = Person.objects.get(email="new@example.org")
    assert (person.is_staff, person.is_superuser, list(person.groups.all())) == (
        True,
        False,
        [group],
    )
    assert "/admin/" in outbox[0].body


def test_member_who_is_invited_keeps_their_record():
    member = PersonFactory(email="sam@example.org", name="Sam")

    assert staff.invite("sam@example.org", name="Samuel", groups=["Coordinators"]) == member
    assert Person.objects.get().name == "Sam"


def test_coordinator_invites_nobody(client, coordinator):
    assert (
        client.post(
            reverse("admin:collective_person_invite"), {"email": "a@example.org"}
        ).status_code
        == 403
    )


def test_leaver_is_out_at_once_everywhere(client, superuser):
    person = CoordinatorFactory()
    TOTP.activate(person, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    phone, laptop = inside(person), inside(person)

    act(client, person, "leave")

    assert {browser.get("/admin/").status_code for browser in (phone, laptop)} == {302}
    person.refresh_from_db()
    assert (person.is_staff, person.groups.count(), person.is_active) == (False, 0, True)
    assert not Authenticator.objects.filter(user=person).exists()


def test_lost_second_step_is_reset_and_told(client, superuser, outbox):
    person = CoordinatorFactory()
    TOTP.activate(person, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    browser = inside(person)

    act(client, person, "reset_second_step")
    mail.send_due()

    assert browser.get("/admin/").status_code == 302
    assert (Authenticator.objects.count(), outbox[0].to) == (0, [person.email])


@pytest.mark.parametrize("name", ["leave", "reset_second_step"])
def test_coordinator_does_neither_to_a_colleague(client, coordinator, name):
    person = CoordinatorFactory()

    act(client, person, name)

    person.refresh_from_db()
    assert person.is_staff


@pytest.mark.parametrize("rule", [staff.leave, staff.reset_second_step])
def test_nobody_does_it_to_themselves(superuser, rule):
    with pytest.raises(RuleError, match="Ask a colleague"):
        rule(superuser, by=superuser)


def test_last_superuser_cannot_leave(superuser):
    with pytest.raises(RuleError, match="last superuser"):
        staff.leave(superuser)


def test_first_account_is_made_by_a_command(outbox):
    call_command("invite_staff", "you@example.org", name="You", superuser=True, verbosity=0)
    mail.send_due()

    assert Person.objects.get().is_superuser and outbox[0].to == ["you@example.org"]


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (["nonsense"], {"superuser": True}),
        (["a@example.org"], {}),
        (["a@example.org"], {"group": ["Nobody"]}),
    ],
)
def test_command_says_what_is_wrong(arguments, options):
    with pytest.raises(CommandError):
        call_command("invite_staff", *arguments, **options)

    assert Person.objects.count() == 0


def test_second_step_is_reset_by_a_command():
    person = CoordinatorFactory(email="jo@example.org")
    TOTP.activate(person, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")

    call_command("reset_second_step", "JO@example.org", verbosity=0)

    assert Authenticator.objects.count() == 0


def test_command_knows_no_member():
    PersonFactory(email="sam@example.org")

    with pytest.raises(CommandError, match="No staff account"):
        call_command("reset_second_step", "sam@example.org")
