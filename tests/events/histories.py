"""A small world in which anything can happen in any order: one person, a session, a conversation.

Each step is an act by its rule, as a person, a colleague or time does it. What a rule refuses
changes nothing.
"""

from datetime import timedelta

from collective import clock
from collective.models import Call
from events.conversations import booking, outcomes
from events.conversations.times.first_choice import release_lapsed
from events.models import Conversation, Registration, Session
from events.sessions import answers, attendance, moving, places, waiting_list
from events.sessions.messages import reminders
from payments.models import Payment
from payments.owing import choices
from tests.factories import (
    KICK_OFF,
    CallFactory,
    CoordinatorFactory,
    PersonFactory,
    SeriesFactory,
    SessionFactory,
    book,
    sign_up,
    slots_of,
)

State = Registration.State


class World:
    """The person is Ann; others come and go."""

    def __init__(self, traveller):
        self.traveller = traveller
        self.call = CallFactory(pay_rule=Call.PayRule.SMALL_FEE_ONLY)
        self.session = SessionFactory(call=self.call, places=1)
        self.series = SeriesFactory(call=self.call)
        self.slots = slots_of(self.series, 3, KICK_OFF - timedelta(days=1))
        self.ann, self.staff = PersonFactory(name="Ann"), CoordinatorFactory()

    # What is there now, always fresh

    def mine(self):
        return list(Registration.objects.filter(person=self.ann).order_by("-created_at", "-pk"))

    def live(self):
        return Registration.objects.live().get(person=self.ann)

    def talk(self):
        return Conversation.objects.filter(person=self.ann).latest("created_at")

    def other(self):
        return Registration.objects.live().exclude(person=self.ann).earliest("created_at")

    # Steps of Ann's

    def sign_up(self):
        sign_up(self.session, self.ann)

    def sign_up_in_a_paid_role(self):
        sign_up(self.session, self.ann, capacity="paid_role")

    def sign_up_unsure(self):
        sign_up(self.session, self.ann, capacity="not_sure")

    def sign_up_again(self):
        places.sign_up_again(Registration.objects.filter(person=self.ann).latest("created_at"))

    def accept(self):
        places.accept(self.live())

    def decline(self):
        places.decline(self.live())

    def give_up(self):
        places.give_up(self.live())

    def is_personal_after_all(self):
        answers.correct_capacity(self.live(), "personal", self.ann)

    def is_in_a_paid_role_after_all(self):
        answers.correct_capacity(self.live(), "paid_role", self.ann)

    def choose_no(self):
        choices.choose(Payment.objects.latest("created_at").pk, "decline", self.ann)

    def want_no_reminders(self):
        self.ann.wants_reminders = False
        self.ann.save()

    def book_a_talk(self):
        free = self.series.slots.free_to(self.ann).earliest("starts_at")
        book(free, self.ann)

    def cancel_the_talk(self):
        booking.cancel(self.talk(), Conversation.EndedBecause.PERSON)

    # Of others, of staff, and of time

    def another_signs_up(self):
        sign_up(self.session)

    def another_gives_up(self):
        places.give_up(self.other())

    def staff_offer_by_hand(self):
        Session.objects.filter(pk=self.session.pk).update(offers_by_hand=True)

    def sign_up_closes(self):
        session = self.session.locked()
        if session.state == Session.State.OPEN:
            session.state = Session.State.CLOSED
            session.save()

    def staff_take_her_off(self):
        places.give_up(self.live(), Registration.EndedBecause.STAFF)

    def one_place_more(self):
        places.set_places(self.session, self.session.locked().places + 1)

    def offer_by_hand(self):
        waiting_list.offer_by_hand(self.live())

    def move(self):
        session = self.session.locked()
        week = timedelta(days=7)
        moving.move(session, starts_at=session.starts_at + week, ends_at=session.ends_at + week)

    def cancel(self):
        moving.cancel(self.session, "Too few of us.", self.staff)

    def mark_as_there(self):
        attendance.mark(self.live(), State.ATTENDED, by=self.staff)

    def mark_as_not_seen(self):
        attendance.mark(self.live(), State.MISSED, by=self.staff)

    def take_the_mark_back(self):
        attendance.mark(self.live(), State.CONFIRMED, by=self.staff)

    def talk_is_held(self):
        outcomes.mark(self.talk(), Conversation.State.HELD, self.series.host)

    def talk_fails(self):
        outcomes.mark(self.talk(), Conversation.State.FAILED, self.series.host)

    def five_days_pass(self):
        self.traveller.shift(timedelta(days=5))

    def the_day_before_comes(self):
        self._move_to(self.session.locked().starts_at - timedelta(hours=18))

    def the_session_ends(self):
        self._move_to(self.session.locked().ends_at + timedelta(hours=2))

    def _move_to(self, moment):
        self.traveller.move_to(max(moment, clock.now()))

    def the_sweeps_run(self):
        waiting_list.move_all_on()
        reminders.fan_out_all_due()
        release_lapsed()
        outcomes.settle_left_out()


STEPS = sorted(name for name in vars(World) if not name.startswith("_"))
READ_ONLY = {"mine", "live", "talk", "other"}
STEPS = [name for name in STEPS if name not in READ_ONLY]
