"""What moving or cancelling a session would do, before anybody does it. Changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count

from events.models import AccessNeed, Reminder, Session
from events.models.registration_states import State
from events.sessions.messages import reminders
from events.sessions.moving import TOLD


class Told(NamedTuple):
    """People in one state who would be told, by how we reach them."""

    state: str  # in words
    by_channel: dict[str, int]
    people: int


class MovedReminder(NamedTuple):
    """A reminder, when it was due and when it would be; None where it does not go out again."""

    reminder: Reminder
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True)
class Rehearsal:
    """What would happen: whom we would tell, when reminders go out, what staff have to call off."""

    told: list[Told]
    companions: int
    reminders: list[MovedReminder]
    to_call_off: int  # things arranged for people, where the session is cancelled

    @property
    def people(self) -> int:
        return sum(row.people for row in self.told)


def rehearse_move(session: Session, *, starts_at: datetime, ends_at: datetime) -> Rehearsal:
    """What moving it to these times would do."""
    moved = Session(starts_at=starts_at, ends_at=ends_at)
    return _rehearsal(session, [_moved(row, moved) for row in session.reminders.all()])


def rehearse_cancelling(session: Session) -> Rehearsal:
    return _rehearsal(session, [])


def _rehearsal(session: Session, moved_reminders: list[MovedReminder]) -> Rehearsal:
    arranged = [AccessNeed.State.ARRANGING, AccessNeed.State.ARRANGED]
    confirmed = session.registrations.filter(state=State.CONFIRMED, companion__isnull=False)
    return Rehearsal(
        told=_told(session),
        companions=sum(1 for row in confirmed if row.companion_email),
        reminders=moved_reminders,
        to_call_off=session.registrations.filter(needs__state__in=arranged).count(),
    )


def _told(session: Session) -> list[Told]:
    rows = session.registrations.filter(state__in=TOLD).order_by()
    counted = rows.values_list("state", "person__reach_by").annotate(Count("pk"))
    by_state: dict[str, dict[str, int]] = {}
    for state, channel, people in counted:
        by_state.setdefault(state, {})[channel] = people
    found = [(State(key).label, by_state[key]) for key in TOLD if key in by_state]
    return [Told(state, channels, sum(channels.values())) for state, channels in found]


def _moved(reminder: Reminder, moved: Session) -> MovedReminder:
    moment = Reminder(session=moved, **reminder.rule).moment()
    goes_out = reminder.fanned_out_at is None or reminders.comes_again(reminder, moment)
    return MovedReminder(reminder, reminder.due_at, moment if goes_out else None)
