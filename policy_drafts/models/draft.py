import uuid
from typing import Self

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse

from collective import clock
from collective.models import Person
from collective.typed.fields import LinesField
from policy_drafts.models.role import PolicyRole

FROZEN = """
IF (NEW.id, NEW.policy_id, NEW.number, NEW.policy_title, NEW.news, NEW.published_at, \
NEW.published_by_id,
    NEW.request_key)
   IS DISTINCT FROM
   (OLD.id, OLD.policy_id, OLD.number, OLD.policy_title, OLD.news, OLD.published_at, \
OLD.published_by_id,
    OLD.request_key)
   OR (OLD.sha256 <> '' AND NEW.sha256 <> OLD.sha256) THEN
    RAISE EXCEPTION 'a published draft never changes';
END IF;
IF array_position(ARRAY['working_group', 'members', 'public'], NEW.audience::text)
   < array_position(ARRAY['working_group', 'members', 'public'], OLD.audience::text) THEN
    RAISE EXCEPTION 'a draft is opened to more people, never to fewer';
END IF;
IF OLD.withdrawn_at IS NOT NULL AND (NEW.withdrawn_at, NEW.withdrawn_because, NEW.withdrawn_by_id)
   IS DISTINCT FROM (OLD.withdrawn_at, OLD.withdrawn_because, OLD.withdrawn_by_id) THEN
    RAISE EXCEPTION 'a withdrawn draft stays withdrawn';
END IF;
RETURN NEW;
"""
SEALED = """
IF (SELECT sha256 <> '' FROM policy_drafts_draft WHERE id = NEW.draft_id) THEN
    RAISE EXCEPTION 'a published draft never changes';
END IF;
RETURN NEW;
"""
NEVER = pgtrigger.Update | pgtrigger.Delete


class Audience(models.TextChoices):
    """Who may read a draft, the smallest circle first."""

    WORKING_GROUP = "working_group", "The working group"
    MEMBERS = "members", "Members: everybody who signs in"
    PUBLIC = "public", "Everybody"

    @property
    def and_wider(self) -> list["Audience"]:
        """This audience and the wider ones."""
        values = list(Audience)
        return values[values.index(self) :]


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """Published drafts that this person may read; of a withdrawn one, that it was and why."""
        sealed = self.sealed()
        if isinstance(person, AnonymousUser):
            return sealed.filter(audience=Audience.PUBLIC)
        held = PolicyRole.objects.held_by(person).values("policy")
        return sealed.filter(
            Q(audience__in=[Audience.PUBLIC, Audience.MEMBERS]) | Q(policy__in=held)
        )

    def sealed(self) -> Self:
        """Published whole: not one that is being written in a transaction."""
        return self.exclude(sha256="")

    def not_withdrawn(self) -> Self:
        """Drafts that stand."""
        return self.filter(withdrawn_at=None)


class Draft(models.Model):
    """A published, numbered version that never changes: the database refuses it.

    Its `sha256` is over `check_sums.canonical`. What can still happen: it is opened to more people,
    or withdrawn.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    policy = models.ForeignKey("policy_drafts.Policy", models.PROTECT, related_name="drafts")
    number = models.PositiveIntegerField()
    policy_title = models.CharField(max_length=150)
    news = LinesField("what is new, in plain words", max_length=2000)
    audience = models.CharField(max_length=20, choices=Audience)
    published_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    request_key = models.UUIDField(
        help_text="Of the rehearsal that was confirmed: once, however often."
    )
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = LinesField(max_length=600, blank=True, default="")
    withdrawn_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="one_draft_a_number"),
            models.UniqueConstraint(fields=["policy", "request_key"], name="one_draft_a_rehearsal"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_because=""),
                name="withdrawn_with_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="freeze", when=pgtrigger.Before, operation=pgtrigger.Update, func=FROZEN
            ),
            pgtrigger.Protect(name="never_delete", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.policy_title}, draft {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("draft", args=[self.policy.slug, self.number])

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def wider(self) -> list[Audience]:
        """The audiences to which it can still be opened."""
        return Audience(self.audience).and_wider[1:]


class DraftSection(models.Model):
    """A section as it was published. `uid` is the working section's key, the same in each draft."""

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="sections")
    uid = models.UUIDField()
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=150)
    html = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="one_draft_section_a_number"),
            models.UniqueConstraint(fields=["draft", "uid"], name="one_draft_section_a_uid"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_change", operation=NEVER),
            pgtrigger.Trigger(
                name="sealed", when=pgtrigger.Before, operation=pgtrigger.Insert, func=SEALED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class DraftBlock(models.Model):
    """A paragraph, list item, cell, heading or picture of a published section."""

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="blocks")
    section = models.ForeignKey(DraftSection, models.PROTECT, related_name="blocks")
    uid = models.UUIDField()
    carried_from = models.UUIDField(
        null=True, blank=True, help_text="The block of which this is a part or a copy."
    )
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    text = models.TextField(help_text="Normalised: NFC, single spaces, a line break for each <br>.")
    html = models.TextField(help_text="What stands inside it.")

    class Meta:
        ordering = ["section__number", "position"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "uid"], name="one_draft_block_a_uid"),
            models.UniqueConstraint(
                fields=["section", "position"], name="one_draft_block_a_position"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_change", operation=NEVER),
            pgtrigger.Trigger(
                name="sealed", when=pgtrigger.Before, operation=pgtrigger.Insert, func=SEALED
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
