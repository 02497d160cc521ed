"""Roles: inviting by email as lead or working group, accepting, declining, leaving, removing."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Person
from collective.people import standing
from collective.typed import addresses
from policy_drafts import kinds
from policy_drafts.models import Policy, PolicyRole
from policy_drafts.models.role import RoleQuerySet

State = PolicyRole.State
NEWCOMER = timedelta(days=14)  # in which a new lead cannot put out one who was there before
HAS_A_LEAD = "“{}” has a lead already. Please ask them: only a lead invites another one."


@transaction.atomic
def invite(policy: Policy, by: Person, email: str, kind: str) -> PolicyRole:
    """Invite somebody by email; asked again, the open invitation is found. Returns it.

    The leads hear of another lead. Raises RuleError for somebody who has a role, for oneself, for
    what is no address, and for another lead where it was no lead who asks.
    """
    policy.locked()
    email = addresses.read(email)
    is_theirs = Q(email=email) | Q(person__email=email)
    if found := policy.roles.live().filter(is_theirs).first():
        if found.state == State.INVITED and found.kind == kind:
            return found
        raise RuleError(_has_a_role(found, kind))
    if email == by.email:
        raise RuleError("Nobody invites themselves. Please ask a colleague to invite you.")
    if kind == PolicyRole.Kind.LEAD:
        _check_is_asked_by_a_lead(policy, policy.roles.writing().filter(person=by))
    role = PolicyRole.objects.create(
        policy=policy, kind=kind, email=email, invited_by=by, invited_at=clock.now()
    )
    person = Person.objects.filter(email=email).first()
    mail.tell(person, kinds.POLICY_INVITATION, role, address="" if person else email)
    if role.is_lead:
        mail.tell_all(_who_writes(policy), kinds.LEAD_INVITED, role)
    return role


def _who_writes(policy: Policy) -> QuerySet[Person]:
    return Person.objects.filter(policy_roles__in=policy.roles.writing())


def _check_is_asked_by_a_lead(policy: Policy, asking: RoleQuerySet) -> None:
    """Raises RuleError where there is a lead, and whoever asks has none of these roles."""
    if policy.roles.writing().exists() and not asking.exists():
        raise RuleError(HAS_A_LEAD.format(policy))


def _as_lead_once(role: PolicyRole) -> RoleQuerySet:
    """The roles as lead, ended or not, of whoever gave this invitation."""
    by = role.invited_by
    if by is None:
        return PolicyRole.objects.none()
    once = role.policy.roles.leads().exclude(state__in=[State.INVITED, State.DECLINED])
    return once.filter(person=by.record)


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

    The leads hear of another lead. Raises RuleError if it was withdrawn, is another's, the person
    has a role there already, or somebody else became lead since our team asked them.
    """
    role = _locked(role)
    person = standing.record_of(person.pk)
    if role.state == State.ACCEPTED and role.person_id == person.pk:
        return role
    _check_open_to(person, role)
    if accepts:
        _check_has_none(person, role.policy)
        if role.is_lead:
            _check_is_asked_by_a_lead(role.policy, _as_lead_once(role))
            mail.tell_all(_who_writes(role.policy), kinds.LEAD_JOINED, role)
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
    others = role.policy.roles.writing().exclude(pk=role.pk)
    return role.is_lead and role.state == State.ACCEPTED and not others.exists()


@transaction.atomic
def end(role: PolicyRole, by: Person) -> PolicyRole:
    """Remove a role, or leave it oneself; returns it. Whose role another ends is told by whom.

    Raises RuleError for the last lead, as somebody has to write, and for a new lead who would
    remove one who was there before.
    """
    role = _locked(role)
    if role.state not in (State.INVITED, State.ACCEPTED):
        return role
    if is_last_lead(role):
        raise RuleError("A policy needs somebody who writes it. Invite another lead first.")
    if until := is_new_until(role, by):
        day = f"{timezone.localtime(until):%-d %B}"
        raise RuleError(f"{role.person} was here before you. You can remove them from {day} on.")
    is_told = role.state == State.ACCEPTED and role.person_id != by.pk
    role.state = State.LEFT if role.person_id == by.pk else State.REMOVED
    role.ended_by = None if role.state == State.LEFT else by
    role.answered_at = clock.now()
    role.save()
    if is_told:
        mail.tell(role.person, kinds.ROLE_ENDED, role)
    return role


def is_new_until(role: PolicyRole, by: Person) -> datetime | None:
    """Until when this new lead cannot end the role of a lead from before; None where they can."""
    mine = role.policy.roles.writing().filter(person=by).exclude(pk=role.pk).first()
    if mine is None or not role.is_lead or role.state != State.ACCEPTED:
        return None
    until = mine.since + NEWCOMER
    return until if role.since < mine.since and clock.now() < until else None


def _locked(role: PolicyRole) -> PolicyRole:
    """The role as it is now, its policy's row and its own locked."""
    role.policy.locked()
    return PolicyRole.objects.select_for_update(no_key=True, of=("self",)).get(pk=role.pk)
