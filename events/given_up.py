"""Until when what a mail's link gave up can be taken back: places and conversations alike."""

from datetime import datetime, timedelta

KEPT_FOR = timedelta(hours=1)


def kept_until(starts_at: datetime | None, moment: datetime) -> datetime:
    """Until when what is given up at this moment can be taken back.

    For an hour; near the start for half of the time that is left, so that the next person still
    has the other half to hear of it and say yes.
    """
    if starts_at is None or starts_at <= moment:
        return moment + KEPT_FOR
    return moment + min(KEPT_FOR, (starts_at - moment) / 2)
