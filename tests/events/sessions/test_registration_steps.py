"""The table of steps, as the database keeps it: every pair of states, tried in plain SQL."""

from itertools import permutations

import pytest
from django.db import InternalError, connection, transaction

from collective.safety import steps
from events.models import Registration
from events.models.registration_states import HOLDING, STEPS
from tests.factories import KICK_OFF, SessionFactory, sign_up

State = Registration.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early")]

PAIRS = list(permutations(State, 2))
ALLOWED = [(old, new) for old, new in PAIRS if new in STEPS[old]]
FORBIDDEN = [pair for pair in PAIRS if pair not in ALLOWED]


def write(registration, state):
    """Write a state with what the other constraints ask for, past all Python."""
    offer_until = KICK_OFF if state == State.OFFERED else None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE events_registration SET state = %s, seat = %s, list_number = 1,"
            " offer_until = %s WHERE id = %s",
            [state, 1 if state in HOLDING else None, offer_until, registration.pk],
        )


def in_state(state):
    registration = sign_up(SessionFactory())
    with steps.beside_the_table(Registration):
        write(registration, state)
    return registration


def state_of(registration):
    return Registration.objects.get(pk=registration.pk).state


def test_table_says_of_every_state_where_it_leads():
    assert set(STEPS) == set(State)
    assert (len(ALLOWED), len(FORBIDDEN)) == (15, 15)


@pytest.mark.parametrize(("old", "new"), ALLOWED)
def test_step_of_the_table_is_taken(old, new):
    registration = in_state(old)

    write(registration, new)

    assert state_of(registration) == new


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_any_other_step_is_refused_by_the_database(old, new):
    registration = in_state(old)

    with pytest.raises(InternalError, match="Invalid transition"):
        write(registration, new)

    assert state_of(registration) == old


@pytest.mark.parametrize("state", State)
def test_state_may_be_written_again(state):
    registration = in_state(state)

    write(registration, state)

    assert state_of(registration) == state
