"""When a host is busy: which refusals of the database are a sentence for the host."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from collective.errors import RuleError
from events.conversations.times.diary import refusing_overlaps
from tests.factories import KICK_OFF, SeriesFactory, slot_of


@pytest.fixture
def series(db):
    return SeriesFactory()


def test_time_that_overlaps_with_one_of_the_hosts_other_series_is_refused_in_words(series):
    slot_of(SeriesFactory(host=series.host))

    with pytest.raises(RuleError, match="just changed in another window"), refusing_overlaps():
        slot_of(series, KICK_OFF + timedelta(minutes=50))


def test_error_of_another_constraint_stays_an_error(series):
    slot = slot_of(series)

    with pytest.raises(IntegrityError, match="slot_in_order"), refusing_overlaps():
        slot.ends_at = slot.starts_at
        slot.save()


def test_nothing_of_a_refused_change_stays(series):
    slot_of(SeriesFactory(host=series.host))

    with pytest.raises(RuleError), refusing_overlaps():
        series.hours.create(day=KICK_OFF.date())
        slot_of(series)

    assert not series.hours.exists()
