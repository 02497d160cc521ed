import pgtrigger
from django.db import models
from django.db.models import Q

from collective.typed.fields import LinesField
from policy_drafts.models.draft import NEVER, SEALED, Draft


class Reason(models.Model):
    """Why a section changed in a draft, or was taken out, as its lead gave it to readers.

    Written as the draft is published, and never changed.
    """

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="reasons")
    section_uid = models.UUIDField()
    words = LinesField(max_length=600)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "section_uid"], name="one_reason_a_section"),
            models.CheckConstraint(condition=~Q(words=""), name="reason_has_words"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_change", operation=NEVER),
            pgtrigger.Trigger(
                name="sealed", when=pgtrigger.Before, operation=pgtrigger.Insert, func=SEALED
            ),
        ]

    def __str__(self) -> str:
        return self.words[:60]
