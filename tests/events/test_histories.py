"""Whatever happens in whatever order, no sentence of a page or a mail contradicts the state.

Each row of the tables below is a sentence and the condition under which it may be read. What would
happen is tried by the rule itself, and never asked of what wrote the sentence.
"""

import os
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.test import Client
from django.utils.html import strip_tags
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collective import clock
from collective.clock import LONDON
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Message
from events.models import Conversation, Registration, Session
from events.sessions import places
from payments.models import Payment
from tests.events.histories import STEPS, World
from tests.factories import EARLY, CommunityFactory

pytestmark = [pytest.mark.thorough, pytest.mark.django_db]
EXAMPLES = int(os.environ.get("HISTORY_EXAMPLES", "150"))
# From where a history goes on: with a place, with an offer, past it, at the end, and from nothing.
WAITS = ["another_signs_up", "sign_up"]
BEGINNINGS = [
    [],
    ["sign_up"],
    ["sign_up", "book_a_talk"],
    [*WAITS, "another_gives_up"],
    [*WAITS, "another_gives_up", "five_days_pass"],
    [*WAITS, "another_signs_up", "another_gives_up", "five_days_pass", "the_sweeps_run"],
    [*WAITS, "the_day_before_comes"],
    ["sign_up", "the_day_before_comes", "the_sweeps_run"],
    ["sign_up_unsure", "book_a_talk", "the_session_ends", "the_sweeps_run"],
    ["sign_up", "book_a_talk", "the_session_ends", "mark_as_there", "talk_is_held"],
    ["sign_up_in_a_paid_role", "book_a_talk", "the_session_ends", "mark_as_there"],
]
State, Talk = Registration.State, Conversation.State
NOTHING_TO_DO = (RuleError, ObjectDoesNotExist)


@contextmanager
def taken_back():
    """What is done within never was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Facts:
    """What is so of one registration of Ann's, read from the rows alone."""

    def __init__(self, world, row):
        self.world, self.row, now = world, row, clock.now()
        self.state, session = row.state, Session.objects.get(pk=row.session_id)
        self.is_off = session.state == Session.State.CANCELLED
        self.started, self.over = session.starts_at <= now, session.ends_at <= now
        self.offer_open = self.state == State.OFFERED and row.offer_until > now
        self.lapsed = (self.state == State.OFFERED and not self.offer_open) or (
            row.ended_because == "lapsed"
        )
        self.role = row.capacity == "paid_role"
        self.offers_go_out = now <= stop_of(session) - timedelta(hours=2)
        self.by_hand, self.is_open = session.offers_by_hand, session.state == Session.State.OPEN

    def is_live(self):
        return Registration.objects.live().filter(person=self.world.ann).exists()

    def would_have_a_place(self):
        """Tried, and taken back."""
        with taken_back(), suppress(RuleError):
            return places.sign_up_again(self.row).state == State.CONFIRMED
        return False


def stop_of(session):
    """17:00 in London on the last day before that is no weekend; no bank holiday comes near."""
    day = session.starts_at.astimezone(LONDON) - timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return day.replace(hour=17, minute=0)


# (the sentence, when it may be read on the page or in a mail of one registration)
OF_SESSIONS = [
    ("Your place is booked", lambda it: it.state in {State.CONFIRMED, State.ATTENDED}),
    ("You have a place in this session", lambda it: it.state == State.CONFIRMED),
    ("You keep your place.", lambda it: it.state == State.CONFIRMED and not it.is_off),
    ("You are on the waiting list", lambda it: it.state == State.WAITING and not it.is_off),
    ("You keep your place on the waiting list", lambda it: it.state == State.WAITING),
    ("A place is free for you", lambda it: it.offer_open and not it.is_off),
    ("We still keep a place for you", lambda it: it.offer_open and not it.is_off),
    ("is still yours to take", lambda it: it.offer_open and not it.is_off),
    ("the offer has ended", lambda it: it.lapsed),
    ("The offer has ended", lambda it: it.lapsed and not it.is_off),
    ("You said no to this place", lambda it: it.row.ended_because == "declined"),
    ("said no to the place that we kept", lambda it: it.row.ended_because == "declined"),
    ("You are not signed up any more", lambda it: it.state == State.CANCELLED and not it.is_off),
    ("not signed up for this session any more", lambda it: not it.is_live()),
    ("Thank you for telling us", lambda it: it.row.ended_because in {"gave_up", "declined"}),
    ("did not hear from you in time", lambda it: it.row.offer_told_at is not None),
    ("next person on the list", lambda it: not it.by_hand),
    ("Our team decides whom we offer it to", lambda it: it.by_hand),
    ("ou can sign up again then", lambda it: it.is_open),
    ("You are signed up again", lambda it: it.state == State.CANCELLED and it.is_live()),
    ("book it again", lambda it: it.would_have_a_place()),
    ("place is still free now", lambda it: it.would_have_a_place()),
    ("end of the waiting list", lambda it: not it.would_have_a_place()),
    ("You hear from us by", lambda it: it.offers_go_out and not it.is_off),
    ("f your turn came now", lambda it: it.offers_go_out and not it.is_off),
    ("There is no place for you so far", lambda it: not it.offers_go_out),
    ("stopped offering places", lambda it: not it.offers_go_out),
    ("The session has begun", lambda it: it.started),
    ("This session is over", lambda it: it.over and it.state == State.CONFIRMED),
    ("his session is cancelled", lambda it: it.is_off),
    ("This session has moved", lambda it: not it.is_off),
    ("Thank you for taking part", lambda it: it.state == State.ATTENDED),
    ("Thank you for being part of", lambda it: it.state == State.ATTENDED),
    ("We did not see you", lambda it: it.state == State.MISSED),
    ("e offer you £75", lambda it: not it.role and it.state in {State.CONFIRMED, State.ATTENDED}),
    ("We do not know yet if", lambda it: it.row.capacity == "not_sure"),
    ("There is no payment for this one", lambda it: it.role),
    ("as part of a paid role, so there is no payment", lambda it: it.role),
]


class TalkFacts:
    """What is so of Ann's conversation, and whether a paid session rules its fee out."""

    def __init__(self, world, row):
        self.row, self.state = row, row.state
        fees = Payment.objects.filter(person=world.ann).exclude(state="cancelled")
        self.is_due = row.payment_id is not None and row.payment.state != "cancelled"
        held = Registration.objects.filter(person=world.ann, state=State.CONFIRMED)
        to_come = held.exclude(capacity="paid_role").exclude(session__state="cancelled")
        self.covered = fees.filter(activity=world.session).exists() or to_come.exists()


OF_TALKS = [
    ("Your conversation is booked", lambda it: it.state == Talk.BOOKED),
    ("This conversation is cancelled", lambda it: it.state == Talk.CANCELLED),
    ("We remind you", lambda it: it.row.person.wants_reminders),
    ("Thank you for talking with us", lambda it: it.state == Talk.HELD),
    ("We could not talk", lambda it: it.state == Talk.FAILED),
    ("We offer you £25", lambda it: it.is_due or not it.covered),
    ("There is no payment for this one", lambda it: it.covered and not it.is_due),
    ("the smaller fee is not added to it", lambda it: it.covered and not it.is_due),
    ("Our team decides whether we offer you £25", lambda it: it.state == Talk.FAILED),
    ("Our team is looking at whether we can pay you", lambda it: not it.covered and not it.is_due),
]


def untrue(text, facts, table):
    """The sentences of this text that do not hold."""
    text = " ".join(strip_tags(text).split())
    return [sentence for sentence, holds in table if sentence in text and not holds(facts)]


def page(client, row):
    return client.get(row.get_absolute_url()).content.decode().partition("<main")[2]


def mails_about(row):
    """(kind, words) of each message about it, as it would go out now."""
    for message in Message.objects.filter(about=row.pk).select_related("person"):
        letter = mail.letter_of(message)
        if letter is not None:
            yield message.kind, mail.render(message, letter)


def contradictions(world):
    """Everything untrue that Ann can read now: (where, the sentence)."""
    client = Client()
    client.force_login(world.ann)
    talks = Conversation.objects.filter(person=world.ann).select_related("payment")
    about = [
        *((row, Facts(world, row), OF_SESSIONS) for row in world.mine()),
        *((row, TalkFacts(world, row), OF_TALKS) for row in talks),
    ]
    return [
        (where, sentence)
        for row, facts, table in about
        for where, text in [("page", page(client, row)), *mails_about(row)]
        for sentence in untrue(text, facts, table)
    ]


def play(world, steps):
    for step in steps:
        with suppress(*NOTHING_TO_DO), transaction.atomic():
            getattr(world, step)()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    begin=st.sampled_from(BEGINNINGS),
    steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=12),
)
def test_no_sentence_contradicts_the_state_whatever_happened(begin, steps, long_sessions):
    with taken_back(), time_machine.travel(EARLY, tick=False) as traveller:
        CommunityFactory()
        world = World(traveller)
        play(world, [*begin, *steps])

        assert contradictions(world) == []


def test_the_table_finds_a_sentence_that_is_untrue(early, community, long_sessions):
    world = World(early)
    world.sign_up()
    row = world.mine()[0]
    Registration.objects.filter(pk=row.pk).update(capacity="paid_role")
    text = "Your place is booked. We offer you £75"

    assert untrue(text, Facts(world, world.mine()[0]), OF_SESSIONS) == ["e offer you £75"]
