import calendar
from datetime import date, datetime, time, timedelta

from collective.clock import LONDON

KICK_OFF = date(2022, 10, 6)  # a Thursday
CONVERSATIONS = date(2022, 9, 5)  # a Monday


def kick_off(today: date) -> date:
    """The day of the first session: a Thursday, four to five weeks ahead."""
    weeks = -((KICK_OFF - today).days - 28) // 7
    day = KICK_OFF + timedelta(weeks=weeks)
    return day if (day - today).days >= 28 else day + timedelta(weeks=1)


def conversations(today: date) -> date:
    """The Monday from which conversations are held, which has come.

    As long before the first session as it was, or a week more.
    """
    day = kick_off(today) - (KICK_OFF - CONVERSATIONS)
    return day if day <= today else day - timedelta(weeks=1)


def at(day: date, hour: int) -> datetime:
    """A moment by London's clocks."""
    return datetime.combine(day, time(hour), LONDON)


def months_after(day: date) -> list[str]:
    """The names of the two months after this day's: they were November and December."""
    return [calendar.month_name[(day.month + offset) % 12 + 1] for offset in (0, 1)]
