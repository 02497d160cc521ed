"""Work in a child process: what comes back, and how its limits stop it."""

import os
import signal
import time

import pytest
from django.db import connection

from collective.background import bounded
from collective.errors import RuleError
from collective.models import Call
from tests.factories import CallFactory


def refuses():
    raise RuleError("Please use another file.")


def test_what_was_made_comes_back_whole():
    assert bounded.run(lambda: b"x" * 5_000_000) == b"x" * 5_000_000


def test_refusal_comes_back_as_a_sentence():
    with pytest.raises(RuleError, match="another file"):
        bounded.run(refuses)


def test_fault_comes_back_with_its_words_for_the_log():
    with pytest.raises(bounded.Broke, match="ZeroDivisionError"):
        bounded.run(lambda: 1 / 0)


def test_child_that_dies_is_a_limit_that_was_reached():
    with pytest.raises(bounded.TooMuch):
        bounded.run(lambda: os.kill(os.getpid(), signal.SIGKILL))


def test_work_that_never_ends_is_stopped():
    def forever():
        while True:
            pass

    began = time.monotonic()
    with pytest.raises(bounded.TooMuch):
        bounded.run(forever, seconds=1)

    assert time.monotonic() - began < 5


def test_work_that_waits_for_ever_is_stopped():
    with pytest.raises(bounded.TooMuch):
        bounded.run(lambda: time.sleep(60), seconds=1)


def test_more_memory_than_allowed_is_not_given():
    with pytest.raises(bounded.TooMuch):
        bounded.run(lambda: b"x" * (300 * 2**20), megabytes=100)


@pytest.mark.django_db(transaction=True)
def test_child_has_a_connection_of_its_own_and_the_parents_lives_on():
    CallFactory(title="Before")

    seen = bounded.run(lambda: Call.objects.get().title.encode())

    assert (seen, Call.objects.count(), connection.is_usable()) == (b"Before", 1, True)
