import pgtrigger
from django.db import models

from policy_drafts.models.draft import NEVER, SEALED, Draft


class Continuation(models.Model):
    """Which block of a draft goes on in which of the next one, where the uid does not say it.

    Written as the next draft is published, and never changed. What is true of two drafts can so be
    followed through all that lie between.
    """

    class How(models.TextChoices):
        CARRIED = "carried_from", "It was moved"
        EQUAL = "equal_text", "The same words stand once in both drafts"
        MERGED = "merged", "It stands whole in another"
        PART = "part", "It is a piece of it"

    WHOLE = (How.CARRIED, How.EQUAL)  # it goes on as itself: not in a longer one, not as a piece

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="continuations")
    old_uid = models.UUIDField()
    new_uid = models.UUIDField()
    how = models.CharField(max_length=12, choices=How)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "old_uid", "new_uid"], name="one_continuation_each"
            ),
            models.UniqueConstraint(
                fields=["draft", "old_uid"],
                condition=models.Q(how__in=["carried_from", "equal_text"]),
                name="a_passage_goes_on_once",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_change", operation=NEVER),
            pgtrigger.Trigger(
                name="sealed", when=pgtrigger.Before, operation=pgtrigger.Insert, func=SEALED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_uid} is {self.new_uid} in {self.draft}"
