"""Roles: inviting by email as lead or working group, accepting, declining, leaving, removing."""

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Person
from policy_drafts.models import Policy, PolicyRole

State = PolicyRole.State


@transaction.atomic
def invite(policy: Policy, by: Person, email: str, kind):
    """Invite somebody by email; asked again, the open invitation is found.

    Raises RuleError for who has a role.
    """
    policy.locked()
    email = email.strip().lower()
    live = policy.roles.live().filter(email__iexact=email) | policy.roles.live().filter(
        person__email__iexact=email
    )
    if found := live.first():
        if found.state == State.INVITED and found.kind == kind:
            return found
        who = (
            f"{found.person or found.email} is "
            f"{'here' if found.state == State.ACCEPTED else 'invited'} already"
        )
        change = (
            ""
            if found.kind == kind
            else ". To change that, remove them first, and invite them anew"
        )
        raise RuleError(f"{who} ({found.get_kind_display()}){change}.")
    role = PolicyRole.objects.create(
        policy=policy, kind=kind, email=email, invited_by=by, invited_at=clock.now()
    )
    person = Person.objects.filter(email__iexact=email).first()
    mail.tell(person, "policy_invitation", role, address="" if person else email)
    return role


@transaction.atomic
def answer(role, person: Person, accepts) -> PolicyRole:
    """Accept or decline one's own invitation.

    Raises RuleError if it was withdrawn, is another's, or the person has a role there already.
    """
    role.policy.locked()
    role = PolicyRole.objects.select_for_update(no_key=True, of=("self",)).get(pk=role.pk)
    if role.state == State.ACCEPTED and role.person_id == person.pk:
        return role
    if role.state != State.INVITED:
        raise RuleError("This invitation is no longer open.")
    if (person.email or "").lower() != role.email.lower():
        raise RuleError(
            "This invitation went to another email address. Please sign in with that one."
        )
    if accepts and (
        held := PolicyRole.objects.held_by(person).filter(policy=role.policy_id).first()
    ):
        raise RuleError(
            f"You are in it already ({held.get_kind_display()}). To change that, leave it first."
        )
    role.state, role.person, role.answered_at = (
        State.ACCEPTED if accepts else State.DECLINED,
        person,
        clock.now(),
    )
    role.save()
    return role


def is_last_lead(role: PolicyRole):
    """Would nobody write this policy without them?"""
    others = role.policy.roles.leads().filter(state=State.ACCEPTED).exclude(pk=role.pk)
    return role.is_lead and role.state == State.ACCEPTED and not others.exists()


@transaction.atomic
def end(role, by: Person) -> PolicyRole:
    """Remove a role, or leave it oneself.

    The last lead stays: somebody has to write. Raises RuleError.
    """
    role.policy.locked()
    role = PolicyRole.objects.select_for_update(no_key=True, of=("self",)).get(pk=role.pk)
    if role.state not in (State.INVITED, State.ACCEPTED):
        return role
    if is_last_lead(role):
        raise RuleError("A policy needs somebody who writes it. Invite another lead first.")
    role.state = State.LEFT if role.person_id == by.pk else State.REMOVED
    role.answered_at = clock.now()
    role.save()
    return role
