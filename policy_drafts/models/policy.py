import uuid
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse

from collective import clock
from collective.models import Call, Person
from collective.safety import emptied, fixed_addresses
from collective.typed.fields import LineField, LinesField
from policy_drafts.models.draft import Draft
from policy_drafts.models.role import PolicyRole


class PolicyQuerySet(models.QuerySet["Policy"]):
    def led_by(self, person: Person | AnonymousUser) -> Self:
        """Those that this person writes."""
        if isinstance(person, AnonymousUser):
            return self.none()
        return self.filter(pk__in=PolicyRole.objects.held_by(person).leads().values("policy"))

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """Those of which this person may read a draft, or in which they have a role."""
        drafts = Draft.objects.visible_to(person).filter(policy=OuterRef("pk"))
        if isinstance(person, AnonymousUser):
            return self.filter(Exists(drafts))
        held = PolicyRole.objects.held_by(person).filter(policy=OuterRef("pk"))
        return self.filter(Exists(drafts) | Exists(held))


class Policy(models.Model):
    """What the community writes together: a working copy of sections, and its published drafts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = LineField(max_length=150)
    slug = models.SlugField(
        max_length=80, unique=True, help_text="The last part of the page's address."
    )
    summary = LinesField(max_length=500, help_text="What it is about, in two or three sentences.")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "policies"
        ordering = ["title"]
        triggers = [fixed_addresses.once_it_has_a_draft()]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("policy", args=[self.slug])

    @property
    def address_is_fixed(self) -> bool:
        """Is there a draft? Then links to it are out, and its SHA-256 names the address."""
        return self.drafts.exists()

    def locked(self) -> "Policy":
        """The row, locked: drafts and the order of sections change one after the other."""
        return Policy.objects.select_for_update(no_key=True).get(pk=self.pk)


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


class DraftFollow(models.Model):
    """Somebody who wants to hear when the next draft is out."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="follows")
    person = models.ForeignKey(Person, models.CASCADE, related_name="draft_follows")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "person"], name="follow_a_policy_once")
        ]
        triggers = [emptied.refused()]

    def __str__(self) -> str:
        return f"{self.person} follows {self.policy}"
