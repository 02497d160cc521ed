"""Opening hours become slots, by London's clocks, and no booked conversation is ever dropped."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.utils import timezone

from collective.clock import LONDON
from collective.errors import RuleError
from events.conversations import booking
from events.conversations.times import new_times, opening, single_times, wall_time
from events.models import Slot
from tests.factories import FollowFactory, PersonFactory, SeriesFactory, book, slot_of
from tests.messages import kinds

THURSDAY = date(2022, 10, 6)


@pytest.fixture
def series(db, early):
    """Thursdays 14:00 to 16:00, for the first half of October 2022."""
    series = SeriesFactory(opens_from=date(2022, 10, 1), opens_until=date(2022, 10, 14))
    series.hours.create(weekday=3, from_time=time(14), until_time=time(16))
    return series


def follow(series, change=lambda locked: None):
    return opening.apply(series, change)


def walls(series):
    """The wall times of every open slot."""
    return [f"{slot.starts_at.astimezone(LONDON):%d %b %H:%M}" for slot in series.slots.open()]


def test_weekly_hours_become_slots_with_breaks_between(series):
    follow(series)

    assert walls(series) == ["06 Oct 14:00", "06 Oct 15:00", "13 Oct 14:00", "13 Oct 15:00"]


def test_done_twice_it_changes_nothing(series):
    follow(series)
    before = set(series.slots.values_list("pk", flat=True))

    plan = follow(series)

    assert set(series.slots.values_list("pk", flat=True)) == before
    assert (plan.opened, plan.closed) == ([], [])


def test_single_day_is_added_and_a_day_off_taken_away(series):
    series.hours.create(day=date(2022, 10, 4), from_time=time(9), until_time=time(10))
    series.hours.create(day=date(2022, 10, 13))

    follow(series)

    assert walls(series) == ["04 Oct 09:00", "06 Oct 14:00", "06 Oct 15:00"]


def test_hours_that_overlap_are_one(series):
    series.hours.create(weekday=3, from_time=time(15), until_time=time(17))

    follow(series)

    assert walls(series)[:3] == ["06 Oct 14:00", "06 Oct 15:00", "06 Oct 16:00"]


def test_rehearsal_says_everything_and_changes_nothing(series):
    follow(series)
    conversation = book(series.slots.first())

    plan = opening.rehearse(series, lambda locked: locked.hours.all().delete())

    assert (plan.outside, plan.booked, len(plan.closed)) == ([conversation], 1, 3)
    assert series.hours.count() == 1
    assert len(walls(series)) == 4


def test_booked_conversation_stays_when_the_hours_go_and_its_time_goes_when_it_is_freed(series):
    follow(series)
    conversation = book(series.slots.first())
    follow(series, lambda locked: locked.hours.all().delete())
    assert walls(series) == ["06 Oct 14:00"]

    booking.cancel(conversation, "person")

    assert walls(series) == []


def test_hours_that_come_back_open_the_same_slots(series):
    follow(series)
    keys = set(series.slots.values_list("pk", flat=True))
    follow(series, lambda locked: locked.hours.all().delete())

    follow(
        series,
        lambda locked: locked.hours.create(weekday=3, from_time=time(14), until_time=time(16)),
    )

    assert set(series.slots.open().values_list("pk", flat=True)) == keys


def test_longer_break_moves_the_free_times_and_leaves_the_booked_one(series):
    follow(series)
    conversation = book(series.slots.first())

    def change(locked):
        locked.break_minutes = 30
        locked.save()

    plan = follow(series, change)

    conversation.refresh_from_db()
    assert conversation.slot.starts_at == datetime(2022, 10, 6, 13, tzinfo=UTC)
    assert "06 Oct 15:15" in walls(series)
    assert plan.booked == 1


def test_time_closed_by_hand_stays_closed(series):
    follow(series)
    single_times.close(series.slots.first())

    follow(series)

    assert walls(series)[0] == "06 Oct 15:00"


def test_booked_time_cannot_be_closed(series):
    follow(series)
    slot = series.slots.first()
    book(slot)

    with pytest.raises(RuleError, match="nobody is dropped"):
        single_times.close(slot)


def test_closed_time_cannot_be_opened_over_another(series):
    slot = slot_of(series, state="closed")
    slot_of(SeriesFactory(host=series.host), slot.starts_at + timedelta(minutes=30))

    with pytest.raises(RuleError, match="another conversation"):
        single_times.reopen(slot)


def test_times_of_another_series_of_the_same_host_are_left_out(series):
    slot_of(SeriesFactory(host=series.host), datetime(2022, 10, 6, 13, 30, tzinfo=UTC))

    plan = follow(series)

    assert [words for words, _ in plan.left_out] == [
        "Thursday 6 October, 14:00",
        "Thursday 6 October, 15:00",
    ]
    assert walls(series)[0] == "13 Oct 14:00"


def test_followers_hear_once_when_there_are_times_again(series):
    follower = FollowFactory(activity=series).person
    follow(series)

    assert [new_times.tell_all(), new_times.tell_all()] == [(1, 1), (0, 0)]
    assert kinds(follower) == {"new_times": 1}


def test_followers_hear_when_a_cancelled_conversation_frees_the_only_time(series):
    conversation = book(slot_of(series))
    follower = FollowFactory(activity=series).person
    booking.cancel(conversation, "person")

    new_times.tell_all()

    assert kinds(follower) == {"new_times": 1}


def test_lead_time_of_half_a_year_is_the_most(series):
    series.opens_until = date(2030, 1, 1)
    series.save()

    follow(series)

    assert series.slots.last().starts_at < timezone.now() + timedelta(weeks=27)


# Clocks: on 30 October 2022 01:00 to 02:00 comes twice; on 26 March 2023 it does not exist.


def opened_around(change_day, *hours):
    with time_machine.travel(
        datetime.combine(change_day, time(12), UTC) - timedelta(days=7), tick=False
    ):
        series = SeriesFactory(
            opens_from=change_day - timedelta(days=1), opens_until=change_day + timedelta(days=1)
        )
        for weekday in range(7):
            series.hours.create(weekday=weekday, from_time=hours[0], until_time=hours[1])
        return series, follow(series)


@pytest.mark.django_db
@pytest.mark.parametrize("change_day", [date(2022, 10, 30), date(2023, 3, 26)])
def test_pattern_keeps_its_wall_time_across_a_change_of_the_clocks(change_day):
    series, plan = opened_around(change_day, time(10), time(11))

    starts = [slot.starts_at for slot in series.slots.open()]
    assert [f"{start.astimezone(LONDON):%H:%M}" for start in starts] == ["10:00"] * 3
    assert sorted({later - sooner for sooner, later in pairwise(starts)}) == sorted(
        [timedelta(days=1), timedelta(hours=25 if change_day.month == 10 else 23)]
    )
    assert plan.left_out == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change_day", "why"),
    [(date(2022, 10, 30), "comes twice"), (date(2023, 3, 26), "does not exist")],
)
def test_slot_in_the_hour_that_changes_is_left_out_with_the_reason(change_day, why):
    series, plan = opened_around(change_day, time(0), time(4))

    on_the_day = [wall for wall in walls(series) if wall.startswith(f"{change_day:%d %b}")]
    assert [wall[-5:] for wall in on_the_day] == ["00:00", "02:00", "03:00"]
    assert [why in reason for _, reason in plan.left_out] == [True]
    slots = list(series.slots.open())
    assert all(one.busy_until <= other.starts_at for one, other in pairwise(slots))


@pytest.mark.parametrize(
    ("day", "why"), [(date(2022, 10, 30), "comes twice"), (date(2023, 3, 26), "does not exist")]
)
def test_wall_time_in_the_hour_that_changes_is_refused(day, why):
    with pytest.raises(RuleError, match=why):
        wall_time.moment(day, time(1, 30))


@pytest.mark.parametrize("clock", [time(0, 59), time(2, 0)])
@pytest.mark.parametrize("day", [date(2022, 10, 30), date(2023, 3, 26)])
def test_wall_time_beside_that_hour_is_good(day, clock):
    assert wall_time.moment(day, clock).astimezone(LONDON).time() == clock


def test_one_slot_is_opened_for_somebody_at_a_wall_time(series):
    slot = single_times.open_one(series, THURSDAY, time(18))

    assert (slot.starts_at, slot.state) == (datetime(2022, 10, 6, 17, tzinfo=UTC), Slot.State.OPEN)
    with pytest.raises(RuleError, match="another conversation"):
        single_times.open_one(series, THURSDAY, time(18, 30))
    with pytest.raises(RuleError, match="over already"):
        single_times.open_one(series, date(2020, 1, 1), time(18))
    with pytest.raises(RuleError, match="half a year"):
        single_times.open_one(series, date(2031, 1, 1), time(18))


def test_many_slots_ask_a_constant_number_of_queries_to_be_shown(
    series, client, django_assert_num_queries
):
    person = PersonFactory()
    client.force_login(person)
    for number in (1, 40):
        for _ in range(number):
            slot_of(
                series, datetime(2022, 11, 1, tzinfo=UTC) + timedelta(hours=series.slots.count())
            )
        client.get(series.get_absolute_url())

        with django_assert_num_queries(8):
            client.get(series.get_absolute_url())
