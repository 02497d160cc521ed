import uuid
from datetime import date, timedelta
from typing import Any

import pghistory
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from collective import clock
from collective.models import Person
from collective.safety import emptied, steps
from collective.safety.encryption import EncryptedJSONField
from events.models.answers import BRINGS, Answers
from events.models.left_state import CanBeTakenBack, cleared_outside
from events.models.registration_states import (
    CAN_LEAVE,
    HOLDING,
    LIVE,
    STEPS,
    WHAT_STAYS,
    WHAT_WAS_LEFT,
    RegistrationQuerySet,
    State,
)
from events.models.session import Session
from payments.models import EarnsPayment, Payment
from payments.models.earning import Prospect

LINKS_LAST = timedelta(days=30)  # after the session
LAPSED = "lapsed"  # shown, never stored: an offer past its time
LEAVING = "leaving"  # the same: given up by a link, and it can still be taken back


@pghistory.track(exclude=["access_needs", "companion", "payment"])
class Registration(CanBeTakenBack, EarnsPayment):
    """A person's request for a place in a session.

    Somebody who took part in a personal capacity has earned the fee.
    """

    State = State

    class EndedBecause(models.TextChoices):
        GAVE_UP = "gave_up", "They cannot come"
        DECLINED = "declined", "They declined the offer"
        LAPSED = "lapsed", "The offer ended without an answer"
        STAFF = "staff", "Staff gave the place back"
        JOINED = "joined", "Two records of one person were joined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, models.PROTECT, related_name="registrations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="registrations")
    state = models.CharField(max_length=10, choices=State)
    seat = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    list_number = models.DecimalField(
        max_digits=14, decimal_places=6, null=True, blank=True, editable=False
    )
    offer_until = models.DateTimeField(null=True, blank=True, editable=False)
    offer_told_at = models.DateTimeField(null=True, blank=True, editable=False)
    list_reason = models.CharField(
        "why moved on the list",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    ended_because = models.CharField(
        max_length=10, choices=EndedBecause, blank=True, editable=False
    )
    came_for_part = models.BooleanField(default=False, editable=False)
    came_without_signing_up = models.BooleanField(default=False, editable=False)
    companion = EncryptedJSONField(null=True, blank=True, editable=False)
    access_needs = EncryptedJSONField(null=True, blank=True, editable=False)
    agreed_at = models.DateTimeField(
        "agreed to the ways of working at", null=True, blank=True, editable=False
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    waits_behind: int  # where `with_position` added it

    events: Any  # its history: pghistory makes this manager, without types

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["session", "state", "list_number", "created_at"]
        permissions = [("view_access_needs", "Can see what a person needs to take part")]
        indexes = [
            models.Index(
                fields=["session", "list_number"],
                condition=Q(state=State.WAITING),
                name="waiting_list",
            ),
            models.Index(
                fields=["offer_until"],
                condition=Q(state=State.OFFERED),
                name="offers_running_out",
            ),
            models.Index(
                fields=["leaves_at"],
                condition=Q(leaves_at__isnull=False),
                name="places_being_given_up",
            ),
            models.Index(fields=["person", "-created_at"], name="registration_of_person"),
        ]
        triggers = [steps.only(STEPS), emptied.refused(), cleared_outside(CAN_LEAVE)]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"],
                condition=~Q(state=State.CANCELLED),
                name="one_live_registration_each",
            ),
            models.UniqueConstraint(fields=["session", "seat"], name="one_holder_per_seat"),
            models.CheckConstraint(
                condition=Q(state__in=[State.WAITING, State.CANCELLED], seat=None)
                | Q(state__in=HOLDING, seat__isnull=False),
                name="seat_exactly_where_a_place_is_held",
            ),
            models.CheckConstraint(
                condition=Q(state=State.OFFERED, offer_until__isnull=False)
                | ~Q(state=State.OFFERED) & Q(offer_until=None),
                name="an_offer_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WAITING) | Q(list_number__isnull=False),
                name="who_waits_has_a_list_number",
            ),
            models.CheckConstraint(
                condition=Q(leaves_at=None) | Q(state__in=CAN_LEAVE),
                name="who_leaves_has_a_place_or_waits",
            ),
            models.CheckConstraint(
                condition=Q(fee_pence=None) | Q(fee_pence__gt=0), name="registration_fee_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.session}"

    def get_absolute_url(self) -> str:
        return reverse("registration", args=[self.pk])

    # What readers ask. What changes a registration stands in events/sessions.

    def locked(self) -> tuple[Session, "Registration"]:
        """(session, registration), both fresh and locked, from the top."""
        session = self.session.locked()
        rows = Registration.objects.select_for_update(no_key=True, of=("self",))
        registration = rows.get(pk=self.pk)
        registration.session = session
        return session, registration

    @property
    def offer_waits_to_be_told(self) -> bool:
        """Kept for somebody whom staff have not reached yet: the time to answer has not begun."""
        return self.state == State.OFFERED and self.offer_told_at is None

    @property
    def offer_is_open(self) -> bool:
        """An offer past its time is dead for every reader, whether or not a sweep has seen it."""
        until = self.offer_until if self.state == State.OFFERED else None
        return until is not None and until > clock.now()

    @property
    def shown_state(self) -> str:
        """The state as a person reads it.

        An offer past its time has lapsed. What was given up by a link is being left, then gone.
        """
        if self.leaves_at:
            return LEAVING if self.can_take_back else State.CANCELLED
        return LAPSED if self.state == State.OFFERED and not self.offer_is_open else self.state

    @property
    def state_template(self) -> str:
        return f"events/sessions/_state_{self.shown_state}.html"

    @property
    def what_was_left(self) -> str:
        """What the person gave up by a link, in words to them."""
        return WHAT_WAS_LEFT.get(State(self.state), "")

    @property
    def what_stays(self) -> str:
        return WHAT_STAYS.get(State(self.state), "")

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_coming(self) -> bool:
        """Holds a confirmed place, or took part: sees joining details and materials."""
        return self.state in {State.CONFIRMED, State.ATTENDED}

    @property
    def can_give_up(self) -> bool:
        return self.state in CAN_LEAVE and not self.session.has_ended

    @property
    def is_followed_by_another(self) -> bool:
        """Did the person sign up for the same session again since?"""
        others = self.session.registrations.live().filter(person_id=self.person_id)
        return self.state == State.CANCELLED and others.exists()

    @property
    def can_sign_up_again(self) -> bool:
        if self.state != State.CANCELLED and self.shown_state != LAPSED:
            return False
        takes_people = self.session.is_open and not self.session.waits_for_nothing
        return takes_people and not self.is_followed_by_another

    @property
    def place_is_free(self) -> bool:
        """Would they have a place at once if they signed up again?

        An offer past its time holds none any more, whether or not a sweep has seen it.
        """
        on_it = self.session.registrations
        lapsed = on_it.filter(state=State.OFFERED, offer_until__lte=clock.now()).count()
        return self.session.free_places + lapsed > 0 and not on_it.waiting().exists()

    @property
    def position(self) -> int | None:
        """1 for the next in order; None for somebody who does not wait."""
        if self.state != State.WAITING:
            return None
        if hasattr(self, "waits_behind"):
            return self.waits_behind + 1
        before = self.session.registrations.waiting().filter(list_number__lt=self.list_number)
        return before.count() + 1

    @property
    def link_is_good(self) -> bool:
        """May a link from a mail still open this? Until 30 days after the session."""
        end = self.session.ends_at
        return end is None or clock.now() < end + LINKS_LAST

    @property
    def answers(self) -> Answers:
        """What the person answered, as they would answer it once more."""
        return Answers(
            capacity=self.capacity,
            companion=self.companion,
            access_needs=self.access_needs,
            agreed_at=self.agreed_at,
        )

    @property
    def companion_email(self) -> str:
        """The address of somebody who comes along; "" where none was given."""
        return (self.companion or {}).get("email", "")

    @property
    def brings(self) -> bool:
        """Does somebody come along with a person who has a place?"""
        return self.is_coming and (self.companion or {}).get("kind") == BRINGS

    # What payments ask

    @property
    def activity(self) -> Session:
        """What the payment is for: an activity, as payments know it."""
        return self.session

    @property
    def happened_on(self) -> date:
        return timezone.localdate(self.session.starts_at or clock.now())

    @property
    def earned(self) -> Payment.Reason | None:
        """For what the fee is due, by the rules of the call, or None."""
        call = self.session.call
        if self.state == State.ATTENDED:
            if not self.came_for_part:
                return Payment.Reason.TOOK_PART
            return Payment.Reason.PART if call.pays_for_part else None
        if self.is_leaving:
            return None
        if self.state == State.CONFIRMED and self.session.shown_state == Session.State.CANCELLED:
            return Payment.Reason.FELL_THROUGH if call.pays_if_it_falls_through else None
        return None

    @property
    def prospect(self) -> Prospect:
        if self.earned:
            return Prospect.EARNED
        if self.state == State.ATTENDED:
            return Prospect.UNDECIDED  # they came for part of it
        is_on = self.session.shown_state != Session.State.CANCELLED
        may_come = self.state in {State.CONFIRMED, State.WAITING, State.OFFERED}
        return Prospect.TO_COME if is_on and may_come else Prospect.NONE
