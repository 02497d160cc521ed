"""After a backup was restored: what may have gone out since is not sent again by itself.

A backup of an hour ago does not know what was sent in this hour. So what was due until now is held,
where staff see it and decide; reminders and announcements of that time do not go out; the portal
registers what else has to be held.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from collective import clock
from collective.models import Activity, Announcement, Backup, Message

# A table without rows: it stands from before the first row of a backup until everything is held.
UNDER_WAY = "collective_restore_under_way"
HELD = "Held after a restore: "
WHY = "it may have gone out since the backup of {:%d %b %Y %H:%M} UTC. Try again if it has not."
State = Message.State
Part = Callable[[datetime, datetime], int]
_parts: list[Part] = []


def register(part: Part) -> None:
    """Add `part(taken_at, now)`: it does at once what time has brought since, and counts it.

    The messages that it writes are then held like the rest.
    """
    _parts.append(part)


def begin() -> None:
    """Say that a restore is under way: until `hold` has ended, nothing may start."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {UNDER_WAY} ()")


def is_under_way() -> bool:
    """Is a restore under way, or was one killed before everything was held?"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [UNDER_WAY])
        return bool(cursor.fetchone()[0])


@transaction.atomic
def hold(taken_at: datetime) -> int:
    """Hold everything that may have been sent between the backup and now; returns how many things.

    Run before any worker: `restore` does. Only after it may anything start (`is_under_way`).
    """
    now = clock.now()
    held = _note_followers_as_told(now)
    held += sum(part(taken_at, now) for part in _parts)
    held += _hold_mail(taken_at)
    held += _stop_announcements(now)
    _end(taken_at, now)
    return held


@transaction.atomic
def go_on(taken_at: datetime) -> int:
    """What was due goes out, as all was stopped before the backup; returns how many are held.

    Those are the mails that a sender had in hand when it was killed: they may have gone out.
    """
    held = _hold(Q(state=State.SENDING), taken_at)
    _end(taken_at, clock.now())
    return held


def _end(taken_at: datetime, now: datetime) -> None:
    Backup.objects.create(taken_at=taken_at, restored_at=now)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {UNDER_WAY}")


def _note_followers_as_told(now: datetime) -> int:
    """Followers may have heard already of what opened, or was given a date, meanwhile."""
    on = Activity.objects.filter(state=Activity.State.OPEN)
    opened = on.filter(Q(opens_at=None) | Q(opens_at__lte=now), opening_told_at=None)
    dated = on.filter(opens_at__gt=now, starts_at__gt=now, date_told_at=None)
    return opened.update(opening_told_at=now) + dated.update(date_told_at=now)


def _hold_mail(taken_at: datetime) -> int:
    """Mail that is due, also what the parts have just written: so the clock is asked once more."""
    due = Q(state=State.WAITING, due_at__lte=clock.now()) | Q(state=State.SENDING)
    return _hold(due, taken_at)


def _hold(which: Q, taken_at: datetime) -> int:
    mail = Message.objects.filter(which, channel=Message.Channel.EMAIL)
    error = HELD + WHY.format(taken_at)
    return mail.update(state=State.FAILED, lease=None, lease_until=None, error=error)


def _stop_announcements(now: datetime) -> int:
    due = Announcement.objects.due(now)
    return due.update(state=Announcement.State.DRAFT)
