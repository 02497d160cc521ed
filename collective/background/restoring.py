"""After a backup was restored: what may have gone out since it was taken is not sent again by
itself.

A backup of an hour ago does not know what was sent in this hour. So what was due until now is held,
where staff see it and decide; reminders and announcements of that time do not go out; apps register
what else has to be held.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from collective import clock
from collective.models import Activity, Announcement, Backup, Message

HELD = "Held after a restore: "
WHY = (
    HELD
    + "it may have gone out since the backup of {:%d %b %Y %H:%M} UTC. Try again if it has not."
)
State = Message.State
_parts = []


def register(part: Callable) -> None:
    """Add `part(taken_at, now)`, which does at once what only time has brought since; returns how
    many things.

    The messages that it writes are then held like the rest.
    """
    _parts.append(part)


@transaction.atomic
def hold(taken_at: datetime):
    """Hold everything that may have been sent between the backup and now; returns how many things.

    Run before any worker: `bin/restore` does.
    """
    now = clock.now()
    held = _told(now) + sum(part(taken_at, now) for part in _parts)
    # now, once more: what the parts have just written is held too
    open_ = Message.objects.filter(
        Q(state=State.WAITING, due_at__lte=clock.now()) | Q(state=State.SENDING)
    )
    held += open_.filter(channel=Message.Channel.EMAIL).update(
        state=State.FAILED, lease=None, lease_until=None, error=WHY.format(taken_at)
    )
    held += Announcement.objects.filter(
        state=Announcement.State.SCHEDULED, send_at__lte=now
    ).update(state=Announcement.State.DRAFT)
    Backup.objects.create(taken_at=taken_at, restored_at=now)
    return held


def _told(now: datetime) -> int:
    """Followers may have heard already of what opened meanwhile."""
    opened = Activity.objects.filter(state=Activity.State.OPEN).filter(
        Q(opens_at=None) | Q(opens_at__lte=now)
    )
    dated = Activity.objects.filter(
        state=Activity.State.OPEN, opens_at__gt=now, starts_at__gt=now, date_told_at=None
    )
    return opened.filter(opening_told_at=None).update(opening_told_at=now) + dated.update(
        date_told_at=now
    )
