import hashlib
import uuid
from typing import Self

import pghistory
from django.db import models
from django.db.models import Q

from collective import clock
from collective.safety.encryption import EncryptedJSONField
from events.models.answers import Needs
from events.models.registration import Registration
from events.models.registration_states import HOLDING
from events.models.session import Session

CHOICES = [
    ("interpreter", "British Sign Language interpreter"),
    ("captions", "Live captions"),
    ("large_print", "Large print or easy read"),
    ("questions_before", "The questions before the day"),
    ("breaks", "More breaks"),
    ("camera_off", "Camera off, or writing instead of speaking"),
    ("phone", "Taking part by phone instead of the internet"),
    ("someone_before", "A talk with one of us before the day"),
]
IN_PERSON_CHOICES = [
    ("step_free", "Step-free access"),
    ("quiet_room", "A quiet room"),
    ("food", "Food: something I cannot eat (tell us below)"),
]
NOTES, SUPPORTER = "notes", "supporter"
CHOICE_LABELS = dict([*CHOICES, *IN_PERSON_CHOICES])
LABELS = {
    **CHOICE_LABELS,
    NOTES: "In their own words",
    SUPPORTER: "Somebody to support them",
}
LABELS_TOLD = {**LABELS, NOTES: "In your own words", SUPPORTER: "Somebody to support you"}


class State(models.TextChoices):
    ASKED = "asked", "Asked for"
    ARRANGING = "arranging", "Being arranged"
    ARRANGED = "arranged", "Arranged"
    CANNOT = "cannot", "We cannot arrange it"
    WITHDRAWN = "withdrawn", "No longer needed"


STATES_TOLD = {
    State.ASKED: "We have your request",
    State.ARRANGING: "We are arranging it",
    State.ARRANGED: "It is arranged",
    State.CANNOT: "We are sorry, we cannot arrange it",
    State.WITHDRAWN: "No longer needed",
}
# The same once the session is over: nothing can be arranged any more, and no request just ends.
STATES_TOLD_AFTERWARDS = {
    **STATES_TOLD,
    State.ASKED: "We still owe you a word about it",
    State.ARRANGING: "We still owe you a word about it",
    State.ARRANGED: "It was arranged",
    State.CANNOT: "We are sorry, we could not arrange it",
}
UNFINISHED = [State.ASKED, State.ARRANGING, State.WITHDRAWN]


class AccessNeedQuerySet(models.QuerySet):
    def to_do(self) -> Self:
        """What staff still have to arrange, or to call off because it is no longer needed.

        It is arranged for people who hold a place. What is open when the session is over stays
        until the person has a word about it.
        """
        takes_place = [Session.State.OPEN, Session.State.CLOSED, Session.State.HAPPENED]
        holds = Q(registration__state__in=HOLDING, registration__session__state__in=takes_place)
        wanted = Q(state__in=[State.ASKED, State.ARRANGING]) & holds
        is_to_come = Q(registration__session__ends_at__gt=clock.now())
        return self.filter(wanted | Q(state=State.WITHDRAWN) & is_to_come)


@pghistory.track(exclude=["what", "answer"])
class AccessNeed(models.Model):
    """One thing that would help a person take part, and how far staff are with it.

    What it is, is encrypted.
    """

    State = State

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey(Registration, models.CASCADE, related_name="needs")
    what = EncryptedJSONField(help_text="code, and the person's own words")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    needed_by = models.DateField("arranged by", null=True, blank=True)
    answer = EncryptedJSONField(
        null=True, blank=True, help_text="reason told to the person, note for staff"
    )
    asked_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the person changed it since."
    )

    objects = AccessNeedQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        indexes = [
            models.Index(
                fields=["needed_by"], condition=Q(state__in=UNFINISHED), name="needs_to_do"
            )
        ]

    def __str__(self) -> str:
        return "Something that helps somebody take part"

    @property
    def code(self) -> str:
        """One of CHOICES or IN_PERSON_CHOICES, or NOTES or SUPPORTER."""
        return self.what["code"]

    @property
    def words(self) -> str:
        """What helps, in words: the person's own where they wrote some."""
        return self.what.get("notes") or LABELS[self.code]

    @property
    def told_words(self) -> str:
        """What helps, as the person it helps reads it."""
        return self.what.get("notes") or LABELS_TOLD[self.code]

    @property
    def reason(self) -> str:
        """What the person is told beside the state."""
        return (self.answer or {}).get("reason", "")

    @property
    def note(self) -> str:
        """What staff note for each other."""
        return (self.answer or {}).get("note", "")

    @property
    def version(self) -> str:
        """Changes with whatever the person or a colleague changes.

        A form says which version it was made from.
        """
        parts = (self.what, self.state, self.answer, self.changed_at, self.needed_by)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    @property
    def told_state(self) -> str:
        """The state as the person reads it."""
        is_over = self.registration.session.has_ended
        told = STATES_TOLD_AFTERWARDS if is_over else STATES_TOLD
        return told[State(self.state)]


def words_of(answers: Needs | None) -> list[str]:
    """The chosen access needs in words, for the person and for staff who may see them."""
    chosen = answers.get("choices", []) if answers else []
    return [CHOICE_LABELS[choice] for choice in chosen if choice in CHOICE_LABELS]
