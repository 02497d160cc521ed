"""Moments by London's clocks: one that does not exist, or exists twice, is refused."""

from datetime import UTC, date, datetime, time

from collective.clock import LONDON
from collective.errors import RuleError
from collective.templatetags.collective import day as day_words

NOON = time(12)


def moment(day: date, wall: time) -> datetime:
    """The moment at which clocks in the UK show this.

    Raises RuleError in the two hours of the year in which the clocks change (Summer Time Act 1972).
    """
    first = datetime.combine(day, wall, LONDON)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    words = day_words(datetime.combine(day, NOON, LONDON))
    shown = first.astimezone(UTC).astimezone(LONDON)
    if shown.time() == wall:
        raise RuleError(
            f"{wall:%H:%M} comes twice on {words}, as the clocks go back. Choose another time."
        )
    raise RuleError(
        f"{wall:%H:%M} does not exist on {words}, as the clocks go forward. Choose another time."
    )
