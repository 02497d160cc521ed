import uuid
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from collective import clock
from collective.models import Person
from collective.safety import emptied
from collective.safety.encryption import EncryptedJSONField
from collective.typed.fields import LineField, LinesField
from policy_drafts.models.policy import Policy
from policy_drafts.text import blocks
from policy_drafts.text.blocks import Block


class SectionState(models.TextChoices):
    NOT_STARTED = "not_started", "Not started"
    WRITING = "writing", "Writing"
    READY = "ready", "Ready"


class SectionQuerySet(models.QuerySet["Section"]):
    def live(self) -> Self:
        """Those of now, in the working copy."""
        return self.filter(removed_at=None)

    def removed(self) -> Self:
        """Those that were taken out and can be put back."""
        return self.exclude(removed_at=None)


class Section(models.Model):
    """A numbered part of the working copy.

    `html` is clean and each block in it has its uid (`data-block`).
    """

    State = SectionState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="sections")
    position = models.PositiveIntegerField(null=True, help_text="Empty once it is removed.")
    title = LineField(max_length=150)
    html = models.TextField(blank=True, default="")
    state = models.CharField(max_length=20, choices=SectionState, default=SectionState.NOT_STARTED)
    notes = EncryptedJSONField("notes to self", null=True, blank=True)
    why = LinesField(
        "why it changed",
        max_length=600,
        blank=True,
        default="",
        db_default="",
        help_text="For the readers of the next draft.",
    )
    lock_version = models.PositiveIntegerField(default=0)
    edited_at = models.DateTimeField(default=clock.now)
    edited_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    # what the outline says of it: set by its view, never stored
    number: int
    uid: uuid.UUID
    words: int
    ease: str
    has_unsaved: bool
    changed: str
    editors: list[str]

    objects = SectionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "position"],
                name="one_section_a_position",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("write_section", args=[self.policy.slug, self.pk])

    def locked(self) -> "Section":
        """The row as it is now, locked until the transaction ends."""
        return Section.objects.select_for_update(no_key=True).get(pk=self.pk)

    @property
    def place(self) -> int:
        """Its number among the sections of now; 0 once it is taken out."""
        return self.policy.sections.live().filter(position__lte=self.position or 0).count()

    @property
    def uids_elsewhere(self) -> set[str]:
        """The uids of the blocks that stand in the other sections of now."""
        others = self.policy.sections.live().exclude(pk=self.pk)
        return {block.uid for row in others for block in row.blocks}

    @property
    def blocks(self) -> list[Block]:
        """The blocks of the working text."""
        return blocks.read(self.html)


class SectionSave(models.Model):
    """One saved version of a section, for ever: whoever wrote it, it can be seen and restored."""

    class How(models.TextChoices):
        ADDED = "added", "Added"
        EDITED = "edited", "Edited"
        RENAMED = "renamed", "Renamed"
        COMBINED = "combined", "Combined with another's change"
        SPLIT = "split", "Split"
        MERGED = "merged", "Merged"
        IMPORTED = "imported", "Imported"
        RESTORED = "restored", "Restored"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    section = models.ForeignKey(Section, models.CASCADE, related_name="saves")
    number = models.PositiveIntegerField()
    title = LineField(max_length=150)
    html = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=SectionState)
    notes = EncryptedJSONField("notes to self", null=True, blank=True)
    how = models.CharField(max_length=20, choices=How, default=How.EDITED)
    saved_at = models.DateTimeField(default=clock.now)
    saved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["section", "number"], name="one_save_a_number")
        ]
        triggers = [
            pgtrigger.Protect(name="never_delete", operation=pgtrigger.Delete),
            pgtrigger.Protect(  # notes are encrypted anew when keys change
                name="never_change",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["notes"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section}, version {self.number}"


class UnsavedQuerySet(models.QuerySet["Unsaved"]):
    def of_page(self, section: Section, person: Person, page: uuid.UUID) -> Self:
        """What this person typed in one editor page of a section."""
        return self.filter(section=section, person=person, page=page)

    def open(self) -> Self:
        """What is neither saved nor let go."""
        return self.filter(ended_at=None)


class Unsaved(models.Model):
    """What one person has typed in one editor page and not saved, offered back after a crash.

    It is theirs alone. Once it is saved or let go the row stays for a day, empty, so that what that
    page still sends is known to be late.
    """

    origin: SectionSave | None  # the version that was before them: set by `unsaved.find`

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    section = models.ForeignKey(Section, models.CASCADE, related_name="unsaved")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    page = models.UUIDField(
        help_text="The editor page in which it was typed: each tab and device has its own."
    )
    started_from = models.PositiveIntegerField(help_text="The version that they had before them.")
    typed = EncryptedJSONField(null=True, help_text="Title, text, state and notes, as typed.")
    typed_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, help_text="When it was saved or let go.")

    objects = UnsavedQuerySet.as_manager()

    class Meta:
        ordering = ["-typed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["section", "person", "page"], name="one_unsaved_text_a_page"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, typed__isnull=False)
                | Q(ended_at__isnull=False, typed=None),
                name="unsaved_until_it_ends",
            ),
        ]
        triggers = [emptied.refused()]

    def __str__(self) -> str:
        return f"What {self.person} typed in {self.section}"


class Presence(models.Model):
    """Somebody who has a section open in the editor, and when their browser last said so."""

    section = models.ForeignKey(Section, models.CASCADE, related_name="presences")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["section", "person"], name="one_presence_each")
        ]
        triggers = [emptied.refused_once_forgotten()]

    def __str__(self) -> str:
        return f"{self.person} is editing {self.section}"


class Heard(models.Model):
    """A note of what was said before a draft, beside a section or about the whole policy."""

    class Channel(models.TextChoices):
        SESSION = "session", "In a session"
        CONVERSATION = "conversation", "In a conversation"
        LETTER = "letter", "In a letter"
        PHONE = "phone", "On the phone"
        EMAIL = "email", "In an email"
        WORD_COMMENT = "word_comment", "Comment in a Word file"
        WORD_CHANGE = "word_change", "Suggestion in a Word file"

    FROM_WORD = (Channel.WORD_COMMENT, Channel.WORD_CHANGE)  # noted as the file is read

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="heard")
    section = models.ForeignKey(
        Section, models.SET_NULL, null=True, blank=True, related_name="heard"
    )
    channel = models.CharField(max_length=20, choices=Channel)
    author = LineField(
        max_length=150, blank=True, default="", help_text="As a Word file names them."
    )
    words = EncryptedJSONField()
    heard_on = models.DateField(null=True, blank=True)
    noted_at = models.DateTimeField(default=clock.now)
    noted_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "note of what was said"
        ordering = ["-noted_at", "pk"]

    def __str__(self) -> str:
        return self.get_channel_display()
