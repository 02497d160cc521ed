"""Moments by London's clocks.

An hour that does not exist, or exists twice, is refused with the reason.
"""

from datetime import UTC, date, datetime

from collective.clock import LONDON
from collective.errors import RuleError
from collective.templatetags.collective import day as day_words


def moment(day: date, time) -> datetime:
    """The moment at which clocks in the UK show this.

    Raises RuleError in the two hours of the year in which the clocks change (Summer Time Act 1972).
    """
    first = datetime.combine(day, time, LONDON)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    words = day_words(datetime.combine(day, time.replace(hour=12), LONDON))
    exists = first.astimezone(UTC).astimezone(LONDON).replace(
        tzinfo=None, fold=0
    ) == datetime.combine(day, time)
    if exists:
        raise RuleError(
            f"{time:%H:%M} comes twice on {words}, as the clocks go back. Choose another time."
        )
    raise RuleError(
        f"{time:%H:%M} does not exist on {words}, as the clocks go forward. Choose another time."
    )
