import uuid
from datetime import datetime
from typing import Self

import pghistory
from django.db import models
from django.db.models import Q

from collective import clock
from collective.models import Person
from collective.safety import emptied
from collective.typed.fields import AddressField


class RoleState(models.TextChoices):
    INVITED = "invited", "Invited, not answered yet"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Said no"
    LEFT = "left", "Left"
    REMOVED = "removed", "Removed"


LIVE = [RoleState.INVITED, RoleState.ACCEPTED]


class RoleQuerySet(models.QuerySet["PolicyRole"]):
    def held_by(self, person: Person) -> Self:
        """Those that this person accepted."""
        return self.filter(person=person, state=RoleState.ACCEPTED)

    def inviting(self, person: Person) -> Self:
        """Open invitations to the address with which this person signs in."""
        return self.filter(email=person.email or "-", state=RoleState.INVITED)

    def writing(self) -> Self:
        """Those of leads who have said yes."""
        return self.leads().filter(state=RoleState.ACCEPTED)

    def leads(self) -> Self:
        """Those of people who write and publish."""
        return self.filter(kind=PolicyRole.Kind.LEAD)

    def live(self) -> Self:
        """Those that are open: invited or accepted."""
        return self.filter(state__in=LIVE)


@pghistory.track()
class PolicyRole(models.Model):
    """Somebody's part in a policy: its lead, or in its working group.

    It begins with an invitation, and everybody can leave.
    """

    class Kind(models.TextChoices):
        LEAD = "lead", "Lead: writes and publishes"
        WORKING_GROUP = "working_group", "Working group: reads drafts first"

    State = RoleState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    policy = models.ForeignKey("policy_drafts.Policy", models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.WORKING_GROUP)
    email = AddressField(
        help_text="Where the invitation goes; only somebody who signs in with it can accept."
    )
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="policy_roles"
    )
    state = models.CharField(max_length=10, choices=RoleState, default=RoleState.INVITED)
    invited_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    invited_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="Who ended it, where it was not the person themselves.",
    )

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
        triggers = [emptied.refused()]

    def __str__(self) -> str:
        return f"{self.person or self.email}: {self.get_kind_display()}"

    @property
    def is_lead(self) -> bool:
        return self.kind == self.Kind.LEAD

    @property
    def since(self) -> datetime:
        """Since when they are in it."""
        return self.answered_at or self.invited_at
