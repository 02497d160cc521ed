"""The table of a conversation's steps, as the database keeps it: every pair, tried in plain SQL."""

from itertools import permutations

import pytest
from django.db import InternalError, connection, transaction

from collective.safety import steps
from events.models import Conversation
from events.models.conversation_states import STEPS, State
from tests.factories import SeriesFactory, book, slot_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early")]

PAIRS = list(permutations(State, 2))
ALLOWED = [(old, new) for old, new in PAIRS if new in STEPS[old]]
REFUSED = [pair for pair in PAIRS if pair not in ALLOWED]


def write(conversation, state):
    """Write a state with what the other constraints ask for, past all Python."""
    because = "person" if state == State.CANCELLED else ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE events_conversation SET state = %s, ended_because = %s WHERE id = %s",
            [state, because, conversation.pk],
        )


def in_state(state):
    conversation = book(slot_of(SeriesFactory()))
    with steps.beside_the_table(Conversation):
        write(conversation, state)
    return conversation


def state_of(conversation):
    return Conversation.objects.get(pk=conversation.pk).state


def test_table_says_of_every_state_where_it_leads():
    assert set(STEPS) == set(State)
    assert (len(ALLOWED), len(REFUSED)) == (21, 9)


@pytest.mark.parametrize(("old", "new"), ALLOWED)
def test_step_of_the_table_is_taken(old, new):
    conversation = in_state(old)

    write(conversation, new)

    assert state_of(conversation) == new


@pytest.mark.parametrize(("old", "new"), REFUSED)
def test_any_other_step_is_refused_by_the_database(old, new):
    conversation = in_state(old)

    with pytest.raises(InternalError, match="Invalid transition"):
        write(conversation, new)

    assert state_of(conversation) == old


@pytest.mark.parametrize("state", State)
def test_state_may_be_written_again(state):
    conversation = in_state(state)

    write(conversation, state)

    assert state_of(conversation) == state
