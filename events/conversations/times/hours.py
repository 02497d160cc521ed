"""From opening hours, by clocks in the UK, to the times of conversations. Nothing is written."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from collective import clock
from collective.clock import LONDON
from collective.errors import RuleError
from events.conversations.times import wall_time
from events.models import ConversationSeries, OpeningHours
from events.models.series import FURTHEST

AHEAD = timedelta(weeks=12)  # where the host names no last day

Span = tuple[datetime, datetime]  # of one conversation, without the break after it
Hours = tuple[time, time]
LeftOut = tuple[str, str]  # (words for the time, why it cannot be)


def times_in_hours(series: ConversationSeries) -> tuple[list[Span], list[LeftOut]]:
    """Every time in the opening hours that is to come, in order, and those that cannot be."""
    hours = list(series.hours.all())
    days_off = {row.day for row in hours if row.is_day_off}
    spans: dict[Span, None] = {}  # a dictionary keeps their order, and each once
    left_out: list[LeftOut] = []
    for day in _days(series):
        if day not in days_off:
            found = _times_of_day(series, day, _hours_of_day(hours, day), left_out)
            spans.update(dict.fromkeys(found))
    return list(spans), left_out


def words_for(moment: datetime) -> str:
    """The day and the time by London's clocks, as a plan says it."""
    local = timezone.localtime(moment, LONDON)
    return f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"


def _days(series: ConversationSeries) -> Iterator[date]:
    """The days from today on, on which the series can have times."""
    today = timezone.localdate(clock.now(), LONDON)
    first = max(series.opens_from or today, today)
    last = min(series.opens_until or today + AHEAD, today + FURTHEST)
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _hours_of_day(hours: list[OpeningHours], day: date) -> list[Hours]:
    """The hours of a day without overlaps: 9 to 11 and 10 to 12 are 9 to 12."""
    merged: list[Hours] = []
    for start, end in sorted(row.span for row in hours if row.span and row.is_on(day)):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _times_of_day(
    series: ConversationSeries, day: date, hours: list[Hours], left_out: list[LeftOut]
) -> Iterator[Span]:
    """The times to come of this day; what the change of the clocks forbids goes to `left_out`."""
    busy_until = None
    for wall in _wall_times(series, day, hours):
        try:
            start = wall_time.moment(day, wall.time()).astimezone(UTC)
        except RuleError as error:
            left_out.append((f"{wall:%A} {wall.day} {wall:%B}, {wall:%H:%M}", str(error)))
            continue
        if busy_until and start < busy_until:
            left_out.append(
                (words_for(start), "The clocks change, so the time before it is not over.")
            )
        elif start > clock.now():
            end = start + series.length
            busy_until = end + series.pause
            yield start, end


def _wall_times(series: ConversationSeries, day: date, hours: list[Hours]) -> Iterator[datetime]:
    """When conversations begin in these hours, one after the other with the break between."""
    for from_time, until_time in hours:
        wall, last = datetime.combine(day, from_time), datetime.combine(day, until_time)
        while wall + series.length <= last:
            yield wall
            wall += series.length + series.pause
