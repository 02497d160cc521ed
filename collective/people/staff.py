"""Staff accounts: inviting somebody, a lost second step, and leaving, everywhere at once."""

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import transaction

from collective import clock
from collective.errors import RuleError
from collective.messages import addresses, kinds, mail
from collective.messages.letters import Letter
from collective.models import Message, Person

BECAUSE = "you are on our team"


@transaction.atomic
def invite(
    email: str,
    *,
    name: str = "",
    groups: Iterable[Group | str] = (),
    is_superuser: bool = False,
) -> Person:
    """Make the person at this address, known or new, a member of staff; returns the person.

    We write to them: they sign in by a code, and set up their second step on the way in.
    """
    person = _found_or_made(email, name)
    person.is_staff = person.is_active = True
    person.is_superuser = person.is_superuser or is_superuser
    person.save()
    person.groups.add(*Group.objects.filter(name__in=[str(group) for group in groups]))
    mail.tell(person, kinds.STAFF_INVITED, person, revision=clock.now().isoformat())
    return person


def _found_or_made(email: str, name: str) -> Person:
    """The person at this address, locked, with a name if they had none."""
    known = Person.objects.select_for_update().filter(email=email).first()
    if known is None:
        return Person.objects.create_user(email, name=name)
    known.name = known.name or name
    return known


def check_may_manage(by: Person, person: Person) -> None:
    """Raise RuleError for anyone who may not manage staff, or a superuser without being one."""
    if not by.has_perm("collective.manage_staff") or (person.is_superuser and not by.is_superuser):
        raise RuleError("Only people who manage staff can do this.")


@transaction.atomic
def reset_second_step(person: Person, by: Person | None = None) -> None:
    """A lost phone: the second step is taken away and every session ends.

    The next way into the admin sets it up anew. Raises RuleError for one's own: somebody who holds
    only a stolen session must not get rid of it.
    """
    if by is not None and by.pk == person.pk:
        raise RuleError(
            "Ask a colleague to reset your second step, or use one of your recovery codes."
        )
    Authenticator.objects.filter(user=person).delete()
    person.sign_out_everywhere()
    mail.tell(person, kinds.SECOND_STEP_RESET, person, revision=clock.now().isoformat())


@transaction.atomic
def leave(person: Person, by: Person | None = None) -> None:
    """A colleague leaves the team: no staff right, no second step, and every session ends now.

    They stay a member. Raises RuleError for the last superuser, as nobody could invite anybody any
    more, and for oneself.
    """
    if by is not None and by.pk == person.pk:
        raise RuleError("Ask a colleague to do this for you.")
    superusers = Person.objects.select_for_update().filter(is_superuser=True, is_active=True)
    if person.is_superuser and not superusers.exclude(pk=person.pk):
        raise RuleError("This is the last superuser. Make somebody else one first.")
    Authenticator.objects.filter(user=person).delete()
    person.groups.clear()
    person.user_permissions.clear()
    person.is_staff = person.is_superuser = False
    person.save(update_fields=["is_staff", "is_superuser"])
    person.sign_out_everywhere()


@mail.kind(kinds.STAFF_INVITED, "Invitation to staff", because="somebody on our team invited you")
def staff_invited(message: Message) -> Letter | None:
    if message.person is None or not message.person.is_staff:
        return None
    context = {"admin": addresses.full_reverse("admin:index")}
    return Letter("You are invited to our team", "email/staff_invited.html", context)


@mail.kind(kinds.SECOND_STEP_RESET, "Second step was reset", protects=True)
def second_step_reset(message: Message) -> Letter:
    context = {"admin": addresses.full_reverse("admin:index")}
    return Letter("Your second step was taken away", "email/second_step_reset.html", context)
