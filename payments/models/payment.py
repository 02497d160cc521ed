import secrets
import uuid
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from collective import clock
from collective.models import Activity, Call, Person
from collective.safety import emptied, steps
from collective.typed.fields import LineField
from payments.models import payment_states
from payments.models.payment_event import PaymentEvent, What
from payments.models.payment_states import CHANGEABLE, COMMITTED, ENDED, PAID, STEPS, Choice, State

ON_THEIR_OWN_PAGE = "They choose on their own page."
LETTERS = "BCDFGHJKMNPQRSTVWXYZ23456789"  # no vowels, nothing that is read for something else
FROZEN = """
IF NEW.fee_pence IS DISTINCT FROM OLD.fee_pence OR NEW.reference <> OLD.reference
   OR NEW.activity_id <> OLD.activity_id OR NEW.occasion IS DISTINCT FROM OLD.occasion THEN
    RAISE EXCEPTION 'what a payment is for, its reference and its fee never change';
END IF;
IF OLD.state NOT IN ('due', 'declined', 'given', 'cancelled')
   AND (NEW.taken_pence <> OLD.taken_pence OR NEW.expenses_pence <> OLD.expenses_pence)
   AND NOT (OLD.state = 'approved' AND NEW.state IN ('due', 'declined', 'given')) THEN
    RAISE EXCEPTION 'the amount of an approved payment does not change';
END IF;
RETURN NEW;
"""


def new_reference() -> str:
    """Short enough to read out on the phone, random enough not to be guessed: "P-7KQ2MX4D"."""
    return "P-" + "".join(secrets.choice(LETTERS) for _ in range(8))


class PaymentQuerySet(models.QuerySet["Payment"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(person=person) if person.is_authenticated else self.none()

    def of_call(self, call: Call | None) -> Self:
        """Those of this call; of every call if none is given."""
        return self.filter(activity__call=call) if call else self

    def with_choices(self) -> Self:
        """With who said, each time, what should become of it: for `noted_by` of many."""
        said = PaymentEvent.objects.filter(what=What.CHOSE).select_related("by").order_by("pk")
        return self.prefetch_related(Prefetch("events", said, to_attr="choices_said"))

    def may_go(self) -> Self:
        """Approved, and their destination can be used.

        It is ready, by the same way, and has waited long enough if it was changed.
        """
        account = "person__payout_account__"
        is_ready = Q((f"{account}state", "ready"), (f"{account}method", F("method")))
        has_waited = Q((f"{account}wait_until", None))
        has_waited |= Q((f"{account}wait_until__lte", clock.now()))
        return self.filter(is_ready, has_waited, state=State.APPROVED)

    def lock(self, pk: UUID | str) -> "Payment":
        """One payment, fresh and locked until the end of the transaction."""
        return (
            self.select_for_update(no_key=True, of=("self",))
            .select_related("activity__call", "person")
            .get(pk=pk)
        )


class Payment(models.Model):
    """What completed participation earned: the debt.

    Sending it is a `PayoutAttempt`. All amounts are pence, GBP. `step` alone writes its state.

    `fee_pence` was offered and never changes; `taken_pence` is what the person takes of it;
    `expenses_pence` are the accepted expenses, on a line of their own, never pay.
    """

    State = State
    Choice = Choice

    class Reason(models.TextChoices):
        TOOK_PART = "took_part", "Took part"
        PART = "part", "Came for part of it"
        FELL_THROUGH = "fell_through", "It fell through"
        BY_HAND = "by_hand", "Decided by staff"
        EXPENSES = "expenses", "Expenses only"

    class Method(models.TextChoices):
        STRIPE = "stripe", "Bank transfer through Stripe"
        VOUCHER = "voucher", "Voucher"
        CASH = "cash", "Cash"
        OFFICE = "office", "Through the host's finance office"

    BY_HAND = (Method.VOUCHER, Method.CASH, Method.OFFICE)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="payments")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="payments")
    occasion = models.UUIDField(
        null=True,
        blank=True,
        editable=False,
        help_text="Which time of the activity, where a person has several.",
    )
    reason = models.CharField(max_length=20, choices=Reason, default=Reason.TOOK_PART)
    reason_note = LineField(max_length=300, blank=True, default="")
    happened_on = models.DateField()
    fee_pence = models.PositiveIntegerField("fee offered, in pence", null=True, blank=True)
    taken_pence = models.PositiveIntegerField("of it taken, in pence", default=0)
    expenses_pence = models.PositiveIntegerField("accepted expenses, in pence", default=0)
    state = models.CharField(max_length=15, choices=State, default=State.DUE)
    choice = models.CharField(max_length=10, choices=Choice, blank=True, default=Choice.NONE)
    chosen_at = models.DateTimeField(null=True, blank=True)
    choose_by = models.DateField("the offer's last day")
    reminders = models.PositiveSmallIntegerField("reminders written", default=0)
    next_reminder_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    method = models.CharField("how it goes", max_length=10, choices=Method, blank=True, default="")
    problem = models.CharField("what went wrong", max_length=60, blank=True, default="")
    sent_at = models.DateTimeField(null=True, blank=True)
    expected_on = models.DateField("should arrive by", null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    missing_said_at = models.DateTimeField("they said it has not come", null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "pk"]
        permissions = [
            ("approve_payment", "Can approve payments, and settle those that need review"),
            (
                "record_choice",
                "Can record what a person chose on the phone, without seeing it afterwards",
            ),
            (
                "pay_by_hand",
                "Can decide on a payment by hand, export those paid by hand and record references",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-created_at"], name="payment_of_person"),
            models.Index(fields=["activity", "state"], name="payment_of_activity"),
            models.Index(fields=["state", "confirmed_at"], name="payment_in_state"),
            models.Index(
                fields=["next_reminder_at"], condition=Q(state=State.DUE), name="payment_to_remind"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "activity", "occasion"],
                condition=Q(fee_pence__isnull=False) & ~Q(state__in=ENDED),
                nulls_distinct=False,
                name="one_fee_for_each_occasion",
            ),
            models.CheckConstraint(
                condition=Q(fee_pence=None) | Q(fee_pence__gt=0), name="payment_fee_positive"
            ),
            models.CheckConstraint(
                condition=Q(fee_pence=None, taken_pence=0) | Q(taken_pence__lte=F("fee_pence")),
                name="payment_takes_no_more_than_the_fee",
            ),
            # NULL does not pass: each name is asked for by itself.
            models.CheckConstraint(
                condition=~Q(state__in=COMMITTED)
                | Q(
                    confirmed_by__isnull=False, approved_by__isnull=False, approved_at__isnull=False
                )
                & ~Q(confirmed_by=F("approved_by"))
                & ~Q(confirmed_by=F("person"))
                & ~Q(approved_by=F("person")),
                name="payment_approved_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=COMMITTED) | Q(taken_pence__gt=0) | Q(expenses_pence__gt=0),
                name="payment_approved_with_an_amount",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=COMMITTED) | ~Q(method=""),
                name="payment_approved_with_a_method",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="freeze_amounts",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=FROZEN,
            ),
            pgtrigger.Protect(name="never_delete", operation=pgtrigger.Delete),
            steps.only(STEPS),
            emptied.refused(),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.person}, {self.activity.neutral_name}"

    def get_absolute_url(self) -> str:
        return reverse("payment", args=[self.pk])

    @property
    def amount_pence(self) -> int:
        """What is sent: what they take of the fee, and their accepted expenses."""
        return self.taken_pence + self.expenses_pence

    @property
    def is_committed(self) -> bool:
        """Have two people said yes to it?"""
        return self.state in COMMITTED

    @property
    def is_recorded_by_hand(self) -> bool:
        """Did somebody record that it was paid by hand, and nobody says yet that it has come?"""
        return self.state == State.SENT and self.method in self.BY_HAND

    @property
    def is_for_taking_part(self) -> bool:
        """Did they take part? Else it fell through, or our team decided on it."""
        return self.reason in {self.Reason.TOOK_PART, self.Reason.PART}

    @property
    def is_paid(self) -> bool:
        """Was it sent, as far as we know?"""
        return self.state in PAID

    @property
    def can_choose(self) -> bool:
        """May the person still say what should become of it? Until it is sent."""
        return self.state in CHANGEABLE and self.fee_pence is not None

    @property
    def is_for_staff_to_note(self) -> bool:
        """Do they tell staff what they would like, as nobody without an address has a page?"""
        return not self.person.email

    @property
    def noted_by(self) -> Person | None:
        """Who of our team noted what they chose; None if they did, or chose nothing yet."""
        if self.choice == Choice.NONE:
            return None
        by = next((event.by for event in reversed(self.choices_said) if event.by), None)
        return None if by is None or by.stands_for(self.person_id) else by

    @cached_property
    def choices_said(self) -> list[PaymentEvent]:
        """Each time that what should become of it was said: the last one counts."""
        said = self.events.filter(what=What.CHOSE)
        return list(said.select_related("by").order_by("pk"))

    @property
    def is_answered(self) -> bool:
        return self.fee_pence is None or self.choice not in {Choice.NONE, Choice.NOT_SURE}

    @property
    def could_go_since(self) -> datetime | None:
        """When the work was confirmed and the person had answered; None before that."""
        if self.confirmed_at is None or not self.is_answered:
            return None
        return max(self.confirmed_at, self.chosen_at or self.confirmed_at)

    @property
    def is_past_its_last_day(self) -> bool:
        return not self.is_answered and timezone.localdate(clock.now()) > self.choose_by

    def step(
        self, to: payment_states.State, what: What, /, by: Person | None = None, **details: Any
    ) -> PaymentEvent:
        """Go to this state, save, and write to the history why, in the caller's transaction.

        The caller holds the lock. The database refuses a step that is not in `STEPS`.
        """
        self.state = to
        self.save()
        return self.note(what, by, **details)

    def note(self, what: What, /, by: Person | None = None, **details: Any) -> PaymentEvent:
        """Write to the history, in the caller's transaction.

        No detail of a bank account belongs there.
        """
        return PaymentEvent.objects.create(
            payment=self, what=what, by=by, details=details, at=clock.now()
        )
