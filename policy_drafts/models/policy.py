import uuid
from typing import Self

import pghistory
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from collective import clock
from collective.models import Call, Person


class PolicyQuerySet(models.QuerySet):
    def led_by(self, person: Person) -> Self:
        """Those that this person writes."""
        if not person.is_authenticated:
            return self.none()
        return self.filter(pk__in=PolicyRole.objects.held_by(person).leads().values("policy"))

    def visible_to(self, person: Person) -> Self:
        """Those of which this person may read a draft, or in which they have a role."""
        from policy_drafts.models.draft import Draft

        drafts = Draft.objects.visible_to(person).filter(policy=OuterRef("pk"))
        if not person.is_authenticated:
            return self.filter(Exists(drafts))
        held = PolicyRole.objects.held_by(person).filter(policy=OuterRef("pk"))
        return self.filter(Exists(drafts) | Exists(held))


class Policy(models.Model):
    """What the community writes together: a working copy of sections, and the drafts that were
    published of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=150)
    slug = models.SlugField(
        max_length=80, unique=True, help_text="The last part of the page's address."
    )
    summary = models.TextField(
        max_length=500, help_text="What it is about, in two or three sentences."
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "policies"
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("policy", args=[self.slug])

    def locked(self) -> "Policy":
        """The row, locked: drafts and the order of sections change one after the other."""
        return Policy.objects.select_for_update(no_key=True).get(pk=self.pk)

    def newest_draft(self, person: Person):
        """The newest draft that this person may read and that stands, or None."""
        return self.drafts.visible_to(person).filter(withdrawn_at=None).order_by("-number").first()


class Round(models.Model):
    """This policy in this call: what people say in the call is about it."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="rounds")
    call = models.ForeignKey(Call, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "call about this policy"
        verbose_name_plural = "calls about this policy"
        constraints = [models.UniqueConstraint(fields=["policy", "call"], name="one_round_a_call")]

    def __str__(self) -> str:
        return f"{self.policy}: {self.call}"


class RoleQuerySet(models.QuerySet):
    def held_by(self, person: Person) -> Self:
        return self.filter(person=person, state=PolicyRole.State.ACCEPTED)

    def inviting(self, person: Person) -> Self:
        """Open invitations to the address with which this person signs in."""
        return self.filter(email__iexact=person.email or "-", state=PolicyRole.State.INVITED)

    def leads(self) -> Self:
        return self.filter(kind=PolicyRole.Kind.LEAD)

    def live(self) -> Self:
        return self.filter(state__in=LIVE)


class RoleState(models.TextChoices):
    INVITED = "invited", "Invited, not answered yet"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Said no"
    LEFT = "left", "Left"
    REMOVED = "removed", "Removed"


LIVE = [RoleState.INVITED, RoleState.ACCEPTED]


@pghistory.track()
class PolicyRole(models.Model):
    """Who writes a policy, and who is in its working group; by invitation, and everybody can
    leave.
    """

    class Kind(models.TextChoices):
        LEAD = "lead", "Lead: writes and publishes"
        WORKING_GROUP = "working_group", "Working group: reads drafts first"

    State = RoleState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.WORKING_GROUP)
    email = models.EmailField(
        help_text="Where the invitation goes; only who signs in with it can accept."
    )
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="policy_roles"
    )
    state = models.CharField(max_length=10, choices=RoleState, default=RoleState.INVITED)
    invited_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    invited_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = "role"
        ordering = ["kind", "invited_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "person"],
                condition=Q(state__in=LIVE, person__isnull=False),
                name="one_role_a_person",
            ),
            models.UniqueConstraint(
                models.F("policy"),
                models.functions.Lower("email"),
                condition=Q(state__in=LIVE),
                name="one_role_an_email",
            ),
            models.CheckConstraint(
                condition=~Q(state=RoleState.ACCEPTED) | Q(person__isnull=False),
                name="accepted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.email}: {self.get_kind_display()}"

    @property
    def is_lead(self) -> bool:
        return self.kind == self.Kind.LEAD


class DraftFollow(models.Model):
    """ "Tell me when the next draft is out"."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="follows")
    person = models.ForeignKey(Person, models.CASCADE, related_name="draft_follows")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "person"], name="follow_a_policy_once")
        ]

    def __str__(self) -> str:
        return f"{self.person} follows {self.policy}"
