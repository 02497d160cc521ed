import uuid
from typing import Self

from django.core.files import File
from django.db import models
from django.urls import reverse

from collective import clock
from collective.models import Person
from collective.safety import pictures
from policy_drafts.models.policy import Policy

LONGEST_SIDE = 1600  # pixels: a flow chart has small print


class PolicyPicture(models.Model):
    """A picture in a policy's text. Its file never changes; another file is another row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="pictures")
    file = models.ImageField(upload_to="policies/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    added_at = models.DateTimeField(default=clock.now)
    added_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["added_at"]

    def __str__(self) -> str:
        return f"Picture of {self.policy}"

    def get_absolute_url(self) -> str:
        return reverse("policy_picture", args=[self.pk])

    @property
    def content(self) -> bytes:
        """What is in the file."""
        with self.file.open() as file:
            return file.read()

    @classmethod
    def from_upload(cls, policy: Policy, file: File, person: Person) -> Self:
        """Store an uploaded picture, made smaller. Raises pictures.NotAPicture."""
        content, width, height = pictures.shrink(file, longest=LONGEST_SIDE)
        row = cls(policy=policy, width=width, height=height, added_by=person)
        row.file.save(f"{uuid.uuid4()}.webp", content, save=False)
        row.save()
        return row
