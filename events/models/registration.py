import hashlib
import uuid
from datetime import date, datetime, timedelta
from itertools import count

import pghistory
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Person
from collective.safety.encryption import EncryptedJSONField
from events.models.registration_states import LIVE, RegistrationQuerySet, State
from events.models.session import Session
from payments.models import EarnsPayment, Payment
from payments.owing import offering

LINKS_LAST = timedelta(days=30)  # after the session


@pghistory.track(exclude=["access_needs", "companion", "payment"])
class Registration(EarnsPayment):
    """A person's request for a place in a session.

    Who took part in a personal capacity has earned the fee.
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

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["session", "state", "list_number", "created_at"]
        permissions = [("view_access_needs", "Can see what a person needs to take part")]
        indexes = [
            models.Index(
                fields=["session", "list_number"], condition=Q(state="waiting"), name="waiting_list"
            ),
            models.Index(
                fields=["offer_until"], condition=Q(state="offered"), name="offers_running_out"
            ),
            models.Index(fields=["person", "-created_at"], name="registration_of_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"],
                condition=~Q(state="cancelled"),
                name="one_live_registration_each",
            ),
            models.UniqueConstraint(fields=["session", "seat"], name="one_holder_per_seat"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "cancelled"], seat=None)
                | Q(state__in=["confirmed", "offered", "attended", "missed"], seat__isnull=False),
                name="seat_exactly_where_a_place_is_held",
            ),
            models.CheckConstraint(
                condition=Q(state="offered", offer_until__isnull=False)
                | ~Q(state="offered") & Q(offer_until=None),
                name="an_offer_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(list_number__isnull=False),
                name="who_waits_has_a_list_number",
            ),
            models.CheckConstraint(
                condition=Q(fee_pence=None) | Q(fee_pence__gt=0), name="registration_fee_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.session}"

    def get_absolute_url(self) -> str:
        return reverse("registration", args=[self.pk])

    # What readers ask

    @property
    def offer_waits_to_be_told(self) -> bool:
        """Kept for somebody whom staff have not reached yet: the time to answer has not begun."""
        return self.state == State.OFFERED and self.offer_told_at is None

    @property
    def offer_is_open(self) -> bool:
        """An offer past its time is dead for every reader, whether or not a sweep has seen it."""
        return self.state == State.OFFERED and self.offer_until > clock.now()

    @property
    def shown_state(self) -> str:
        """The state as a person reads it: an offer past its time has lapsed."""
        return "lapsed" if self.state == State.OFFERED and not self.offer_is_open else self.state

    @property
    def state_template(self) -> str:
        return f"events/sessions/_state_{self.shown_state}.html"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_coming(self) -> bool:
        """Holds a confirmed place, or took part: sees joining details and materials."""
        return self.state in {State.CONFIRMED, State.ATTENDED}

    @property
    def can_give_up(self) -> bool:
        return (
            self.state in {State.CONFIRMED, State.WAITING, State.OFFERED}
            and not self.session.has_ended
        )

    @property
    def is_followed_by_another(self):
        """Did the person sign up for the same session again since?"""
        others = self.session.registrations.live().filter(person_id=self.person_id)
        return self.state == State.CANCELLED and others.exists()

    @property
    def can_sign_up_again(self) -> bool:
        again = self.state == State.CANCELLED or self.shown_state == "lapsed"
        return (
            again
            and not self.is_followed_by_another
            and self.session.is_open
            and not self.session.waits_for_nothing
        )

    @property
    def position(self):
        """1 for the next in order; None for who does not wait."""
        if self.state != State.WAITING:
            return None
        return (
            self.session.registrations.waiting().filter(list_number__lt=self.list_number).count()
            + 1
        )

    @property
    def link_is_good(self) -> bool:
        """May a link from a mail still open this? Until 30 days after the session."""
        end = self.session.ends_at
        return end is None or clock.now() < end + LINKS_LAST

    @property
    def activity(self) -> Session:
        """What the payment is for: an activity, as payments know it."""
        return self.session

    @property
    def happened_on(self) -> date:
        return timezone.localdate(self.session.starts_at or clock.now())

    @property
    def earned(self):
        """For what the fee is due, by the rules of the call, or None."""
        call = self.session.call
        if self.state == State.ATTENDED:
            if not self.came_for_part:
                return Payment.Reason.TOOK_PART
            return Payment.Reason.PART if call.pays_for_part else None
        fell_through = self.session.shown_state == "cancelled" and self.state == State.CONFIRMED
        return (
            Payment.Reason.FELL_THROUGH if fell_through and call.pays_if_it_falls_through else None
        )

    @property
    def companion_email(self):
        return (self.companion or {}).get("email", "")

    # Changes. The caller holds the session's row lock and hands the session over.

    def confirm(self, session: Session) -> None:
        """Hold a place for good; tell the person, and at once how to join if the others know
        already.
        """
        self.seat = self.seat or free_seat(session)
        self.state, self.offer_until, self.list_number = State.CONFIRMED, None, None
        self.save()
        mail.tell(self.person, "booked", self, not_after=session.worth_telling_until(self.person))
        if session.joining_details_are_out:
            self.tell_joining_details(session)

    def tell_joining_details(self, session: Session, *, revision: str = "") -> None:
        """Send the joining details to the person, and to who comes along if an address was
        given.
        """
        mail.tell(self.person, "joining", self, revision=revision, not_after=session.ends_at)
        if self.companion_email:
            self.tell_companion("joining_companion", revision=revision, not_after=session.ends_at)

    def tell_companion(
        self, kind: str, *, revision: str = "", not_after: datetime | None = None
    ) -> None:
        """A message to who comes along, at the address that was given; once for each address."""
        address = self.companion_email
        revision = f"{revision[:26]}@{hashlib.sha256(address.encode()).hexdigest()[:12]}"
        mail.tell(None, kind, self, address=address, revision=revision, not_after=not_after)

    def join_list(self, session: Session) -> None:
        """Wait at the end of the list: the order is the order in which the session's lock was
        held.
        """
        session.last_list_number += 1
        Session.objects.filter(pk=session.pk).update(last_list_number=session.last_list_number)
        self.state, self.seat, self.list_number = State.WAITING, None, session.last_list_number
        self.save()
        mail.tell(self.person, "waiting", self, not_after=session.starts_at)

    def end(self, because: str) -> None:
        """Let go of the place or the spot on the list."""
        from events.sessions import access_needs

        self.state, self.ended_because = State.CANCELLED, because
        self.seat = self.offer_until = self.list_number = None
        self.save()
        access_needs.withdraw(self)

    # Acts of a person or of staff: each locks from the top, looks again and can be repeated.

    def locked(self):
        """(session, registration), both fresh and locked."""
        session = self.session.locked()
        registration = Registration.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=self.pk
        )
        registration.session = session
        return session, registration

    @transaction.atomic
    def accept(self) -> "Registration":
        """Take the offered place. Raises RuleError if the offer has ended."""
        session, registration = self.locked()
        if registration.state == State.CONFIRMED:
            return registration
        if not registration.offer_is_open or session.shown_state == "cancelled":
            raise RuleError(
                "This offer has ended, so we cannot book the place. You can go back on the "
                "waiting list."
            )
        registration.confirm(session)
        return registration

    @transaction.atomic
    def decline(self) -> "Registration":
        """Say no to the offered place; it goes to the next in order.

        Raises RuleError if there is no offer.
        """
        from events.sessions import waiting_list

        session, registration = self.locked()
        if registration.ended_because == self.EndedBecause.DECLINED:
            return registration
        if registration.state != State.OFFERED:
            raise RuleError(
                "There is no offer to decline any more. Your page shows how things stand."
            )
        registration.end(self.EndedBecause.DECLINED)
        waiting_list.offer_free_places(session)
        return registration

    @transaction.atomic
    def give_up(self, because: str = EndedBecause.GAVE_UP) -> "Registration":
        """Give back the place or the spot on the list; a freed place is offered on in the same
        transaction.
        """
        from events.sessions import waiting_list

        session, registration = self.locked()
        if registration.state == State.CANCELLED:
            return registration
        if not registration.can_give_up:
            raise RuleError("This session is over, so there is no place to give back.")
        registration.end(because)
        mail.tell(registration.person, "given_up", registration, not_after=session.ends_at)
        waiting_list.offer_free_places(session)
        return registration

    def sign_up_again(self):
        """A new registration with the same answers: a place if one is free, else the end of the
        list.
        """
        return self.session.sign_up(self.person, **self.answers)

    def book_again(self):
        """The same by staff, also where sign-up is closed."""
        return self.session.book(self.person, **self.answers)

    @property
    def answers(self):
        names = ("capacity", "companion", "access_needs", "agreed_at")
        return {name: getattr(self, name) for name in names}

    @transaction.atomic
    def change_answers(self, **answers) -> "Registration":
        """Correct what was answered (`capacity`, `companion`, `access_needs`).

        Raises RuleError when it is over.
        """
        from events.sessions import access_needs

        session, registration = self.locked()
        if session.has_ended or not registration.is_live:
            raise RuleError(
                "This is over, so the answers can no longer be changed. Please call us."
            )
        told_before = registration.companion_email
        for name, value in answers.items():
            setattr(registration, name, value)
        registration.save(update_fields=[*answers])
        offering.settle(registration)
        access_needs.record(registration, session)
        address = registration.companion_email
        coming = registration.state == State.CONFIRMED and session.joining_details_are_out
        if coming and address and address != told_before:
            registration.tell_companion("joining_companion", not_after=session.ends_at)
        return registration

    @transaction.atomic
    def correct_capacity(self, capacity: str, by: Person) -> "Registration":
        """Say anew in which capacity they take part, also afterwards; the payment follows. Once it is approved, no
        more: raises RuleError.
        """
        _, registration = self.locked()
        if registration.capacity == capacity:
            return registration
        if not registration.is_live or not registration.can_correct_capacity:
            raise RuleError(
                "The payment is approved already, so this can no longer be changed here. "
                "Please call us."
            )
        registration.capacity = capacity
        registration.save(update_fields=["capacity"])
        offering.settle(registration, by)
        return registration

    @transaction.atomic
    def mark(
        self, state, *, came_for_part: bool = False, by: Person | None = None
    ) -> "Registration":
        """Note who took part: attended, missed, or confirmed to undo; the payment follows in the
        same transaction.

        Raises RuleError for who held no place.
        """
        session, registration = self.locked()
        if not session.has_started and state != State.CONFIRMED:
            raise RuleError("This session has not begun yet, so nobody can be marked.")
        if registration.state not in {State.CONFIRMED, State.ATTENDED, State.MISSED}:
            raise RuleError(f"{registration.person} held no place, so there is nothing to mark.")
        registration.state, registration.came_for_part = state, came_for_part
        registration.confirmed_by = by if state == State.ATTENDED else None
        registration.save()
        offering.settle(registration, by)
        registration.ask_capacity()
        return registration

    def ask_capacity(self) -> None:
        """Whoever took part and was not sure is asked, once, in which capacity it was."""
        if self.state == State.ATTENDED and self.is_unsure:
            mail.tell(self.person, "ask_capacity", self)


def free_seat(session: Session) -> int:
    """The lowest number that nobody sits on."""
    taken = set(session.registrations.holding().values_list("seat", flat=True))
    return next(number for number in count(1) if number not in taken)
