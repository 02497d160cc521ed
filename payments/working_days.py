"""Working days in England, in which we count our promises (gov.uk/bank-holidays)."""

from datetime import date, datetime, time, timedelta
from functools import cache

import holidays
from holidays.holiday_base import HolidayBase

from collective.clock import LONDON

END_OF_WORK = time(17)  # when the team goes home, and phones are no longer answered
PROMISE = 5  # from knowing that somebody took part, and what they would like, to sending
MOST = 400  # days that a count may span


@cache
def _bank_holidays() -> HolidayBase:
    return holidays.country_holidays("GB", subdiv="ENG")


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _bank_holidays()


def after(day: date, count: int) -> date:
    """The working day that comes so many working days after this day."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def between(start: date, end: date) -> int:
    """How many working days have begun since the start, up to and with the end.

    0 if the end is not later.
    """
    days = min((end - start).days, MOST)
    return sum(is_working_day(start + timedelta(days=number)) for number in range(1, days + 1))


def end_of(day: date) -> datetime:
    """Five in the afternoon of this day, by London's clock: when the team goes home."""
    return datetime.combine(day, END_OF_WORK, LONDON)


def first_end_from(moment: datetime) -> datetime:
    """Five in the afternoon of a working day: the first one that is not before this moment."""
    day = moment.astimezone(LONDON).date()
    if is_working_day(day) and moment <= end_of(day):
        return end_of(day)
    return end_of(after(day, 1))


def last_end_before_day_of(moment: datetime) -> datetime:
    """Five in the afternoon of the last working day before the day of this moment."""
    day = moment.astimezone(LONDON).date() - timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return end_of(day)


def longer_ago_than(count: int, today: date) -> date:
    """The last day since which more than so many working days have begun, today included."""
    day, begun = today, 0
    while begun <= count:
        begun += is_working_day(day)
        day -= timedelta(days=1)
    return day
