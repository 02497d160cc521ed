"""Roles: inviting by email as lead or working group, accepting, declining, leaving, removing."""

from django.db import transaction
from django.db.models import Q

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Person
from collective.people import standing
from collective.typed import addresses
from policy_drafts import kinds
from policy_drafts.models import Policy, PolicyRole

State = PolicyRole.State


@transaction.atomic
def invite(policy: Policy, by: Person, email: str, kind: str) -> PolicyRole:
    """Invite somebody by email; asked again, the open invitation is found. Returns it.

    Raises RuleError for somebody who has a role, and for what is no address.
    """
    policy.locked()
    email = addresses.read(email)
    is_theirs = Q(email=email) | Q(person__email=email)
    if found := policy.roles.live().filter(is_theirs).first():
        if found.state == State.INVITED and found.kind == kind:
            return found
        raise RuleError(_has_a_role(found, kind))
    role = PolicyRole.objects.create(
        policy=policy, kind=kind, email=email, invited_by=by, invited_at=clock.now()
    )
    person = Person.objects.filter(email=email).first()
    mail.tell(person, kinds.POLICY_INVITATION, role, address="" if person else email)
    return role


def _has_a_role(role: PolicyRole, kind: str) -> str:
    """The sentence for a lead who invites somebody with this role as something else."""
    somebody = role.person or role.email
    is_what = "here" if role.state == State.ACCEPTED else "invited"
    words = f"{somebody} is {is_what} already ({role.get_kind_display()})"
    if role.kind == kind:
        return f"{words}."
    return f"{words}. To change that, remove them first, and invite them anew."


@transaction.atomic
def answer(role: PolicyRole, person: Person, *, accepts: bool) -> PolicyRole:
    """Accept or decline one's own invitation; returns it.

    Raises RuleError if it was withdrawn, is another's, or the person has a role there already.
    """
    role = _locked(role)
    person = standing.record_of(person.pk)
    if role.state == State.ACCEPTED and role.person_id == person.pk:
        return role
    _check_open_to(person, role)
    if accepts:
        _check_has_none(person, role.policy)
    role.state = State.ACCEPTED if accepts else State.DECLINED
    role.person, role.answered_at = person, clock.now()
    role.save()
    return role


def _check_open_to(person: Person, role: PolicyRole) -> None:
    """Raises RuleError where this person cannot answer the invitation."""
    if role.state != State.INVITED:
        raise RuleError("This invitation is no longer open.")
    if person.email != role.email:
        raise RuleError(
            "This invitation went to another email address. Please sign in with that one."
        )


def _check_has_none(person: Person, policy: Policy) -> None:
    """Raises RuleError for somebody who has a role there already."""
    held = PolicyRole.objects.held_by(person).filter(policy=policy).first()
    if held:
        raise RuleError(
            f"You are in it already ({held.get_kind_display()}). To change that, leave it first."
        )


def is_last_lead(role: PolicyRole) -> bool:
    """Would nobody write this policy without them?"""
    others = role.policy.roles.leads().filter(state=State.ACCEPTED).exclude(pk=role.pk)
    return role.is_lead and role.state == State.ACCEPTED and not others.exists()


@transaction.atomic
def end(role: PolicyRole, by: Person) -> PolicyRole:
    """Remove a role, or leave it oneself; returns it.

    Raises RuleError for the last lead: somebody has to write.
    """
    role = _locked(role)
    if role.state not in (State.INVITED, State.ACCEPTED):
        return role
    if is_last_lead(role):
        raise RuleError("A policy needs somebody who writes it. Invite another lead first.")
    role.state = State.LEFT if role.person_id == by.pk else State.REMOVED
    role.answered_at = clock.now()
    role.save()
    return role


def _locked(role: PolicyRole) -> PolicyRole:
    """The role as it is now, its policy's row and its own locked."""
    role.policy.locked()
    return PolicyRole.objects.select_for_update(no_key=True, of=("self",)).get(pk=role.pk)
