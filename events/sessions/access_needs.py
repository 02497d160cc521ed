"""Access needs are acted on: asked for, being arranged, arranged, or not possible, with the reason.

A row a need, made from what the person answered. What they change later starts anew, so that staff
see it; what they no longer want is called off. Rows, like the answers, are deleted 30 days after
the session.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Message
from events.models import AccessNeed, Registration, Session
from events.models.access_need import LABELS, NOTES, SUPPORTER
from events.models.answers import WOULD_LIKE
from events.models.registration_states import State as RegistrationState
from events.sessions.messages import kinds
from events.sessions.retention import KEEP_PRIVATE_ANSWERS

State = AccessNeed.State
HOW_FAR = [State.WITHDRAWN, State.ASKED, State.CANNOT, State.ARRANGING, State.ARRANGED]
NOT_DONE = [State.ASKED, State.ARRANGING]
READY_BEFORE = timedelta(days=2)  # before the session
ONE_MAIL_FOR = timedelta(minutes=10)  # what staff arrange in one sitting is told in one message


def record(registration: Registration, session: Session) -> None:
    """Bring the rows in line with what the person answered; the caller holds the session's lock."""
    rows = _locked_by_code(registration)
    for code, notes in _wanted(registration).items():
        row = rows.pop(code, None)
        if row is None:
            _ask(registration, session, code, notes)
        elif row.state == State.WITHDRAWN or row.what.get("notes", "") != notes:
            _ask_anew(row, notes)
    _call_off(rows.values())


def move(registration: Registration, *, to: Registration) -> None:
    """What was arranged for one registration stands for another of the same person.

    Where both have asked for the same, the one that is further on stays.
    """
    theirs = _locked_by_code(to)
    for row in _locked_by_code(registration).values():
        double = theirs.get(row.code)
        if double is None or _how_far(row) > _how_far(double):
            if double:
                double.delete()
            row.registration = to
            row.save()


def withdraw(registration: Registration) -> None:
    """The person does not come: what was arranged for them is called off."""
    _call_off(registration.needs.select_for_update(no_key=True))


def withdraw_all(session: Session) -> int:
    """The session does not take place; returns how many things have to be called off."""
    arranged = AccessNeed.objects.filter(
        registration__session=session, state__in=[State.ARRANGING, State.ARRANGED]
    )
    return arranged.update(state=State.WITHDRAWN, changed_at=clock.now())


def follow_move(session: Session) -> None:
    """The session has another day: what is still to be arranged has another day too."""
    rows = AccessNeed.objects.filter(registration__session=session, state__in=NOT_DONE)
    for row in rows:
        row.needed_by = _needed_by(session, row.code)
        row.save(update_fields=["needed_by"])


def _locked_by_code(registration: Registration) -> dict[str, AccessNeed]:
    return {row.code: row for row in registration.needs.select_for_update(no_key=True)}


def _how_far(row: AccessNeed) -> int:
    return HOW_FAR.index(State(row.state))


def _wanted(registration: Registration) -> dict[str, str]:
    """What they asked for: each code with the person's own words or ""."""
    answers = registration.access_needs or {}
    wanted = dict.fromkeys(answers.get("choices", []), "")
    if answers.get("notes"):
        wanted[NOTES] = answers["notes"]
    if (registration.companion or {}).get("kind") == WOULD_LIKE:
        wanted[SUPPORTER] = ""
    return wanted


def _ask(registration: Registration, session: Session, code: str, notes: str) -> None:
    AccessNeed.objects.create(
        registration=registration,
        what={"code": code, "notes": notes},
        needed_by=_needed_by(session, code),
        asked_at=clock.now(),
    )


def _ask_anew(row: AccessNeed, notes: str) -> None:
    """The person changed it: staff begin again, with the note that they left for each other."""
    row.what = {"code": row.code, "notes": notes}
    row.state, row.changed_at = State.ASKED, clock.now()
    row.answer = {"reason": "", "note": row.note} if row.answer else None
    row.save()


def _needed_by(session: Session, code: str) -> date | None:
    if code == "interpreter" and session.interpreter_by:
        return session.interpreter_by
    return timezone.localdate(session.starts_at - READY_BEFORE) if session.starts_at else None


def _call_off(rows: Iterable[AccessNeed]) -> None:
    """Nobody had begun with it: it goes. Otherwise staff have to call off what they arranged."""
    for row in rows:
        if row.state in {State.ARRANGING, State.ARRANGED}:
            row.state, row.changed_at = State.WITHDRAWN, clock.now()
            row.save()
        elif row.state != State.WITHDRAWN:
            row.delete()


@dataclass(frozen=True)
class Progress:
    """How far staff are with a need, what the person is told about it, and a note for the team."""

    state: str
    reason: str = ""
    note: str = ""
    needed_by: date | None = None

    @property
    def is_told(self) -> bool:
        return self.state in {State.ARRANGED, State.CANNOT}


@transaction.atomic
def update(need: AccessNeed, progress: Progress, version: str | None = None) -> AccessNeed:
    """Staff note how far they are; the person is told what is arranged and what cannot be.

    Raises RuleError for a "cannot" without its reason, where the person no longer needs it, and
    where somebody has changed it since this version.
    """
    row = AccessNeed.objects.select_for_update(no_key=True).get(pk=need.pk)
    _check_update(row, progress, version)
    is_news = progress.is_told and (row.state, row.reason) != (progress.state, progress.reason)
    row.state, row.needed_by, row.changed_at = progress.state, progress.needed_by, None
    row.answer = {"reason": progress.reason, "note": progress.note}
    row.save()
    if is_news:
        _tell(row.registration)
    return row


def _check_update(row: AccessNeed, progress: Progress, version: str | None) -> None:
    if version is not None and version != row.version:
        raise RuleError(
            "The person or a colleague has changed this since you opened it. Look at it again "
            "first."
        )
    if row.state == State.WITHDRAWN:
        raise RuleError(
            "The person no longer needs this. Call off what was arranged, and mark it called off."
        )
    if progress.state == State.CANNOT and not progress.reason.strip():
        raise RuleError("Say why we cannot arrange it: the person reads it.")


def _tell(registration: Registration) -> None:
    """Tell in one message all that was arranged in one sitting; what changes later is told anew."""
    waiting = Message.objects.filter(
        about=registration.pk, kind=kinds.NEEDS_NEWS, state=Message.State.WAITING
    )
    if waiting.exists():
        return
    now, person = clock.now(), registration.person
    mail.tell(
        person,
        kinds.NEEDS_NEWS,
        registration,
        revision=now.isoformat(),
        # without an address of their own they cannot sign in to read it
        channel="" if person.email else person.channel_by_hand,
        due_at=now + ONE_MAIL_FOR,
        not_after=_told_until(registration.session),
    )


def _told_until(session: Session) -> datetime | None:
    """News is of use while the person can read it on their page, after the session too."""
    return session.ends_at and session.ends_at + KEEP_PRIVATE_ANSWERS


def told_counts(registration: Registration) -> list[tuple[str, int]]:
    """[(how it stands, of how many things)] for a mail, which never says what helps somebody."""
    wanted = registration.needs.exclude(state=State.WITHDRAWN)
    return list(Counter(need.told_state for need in wanted).items())


def called_off(need: AccessNeed) -> int:
    """Staff have called off what is no longer needed: the row goes.

    Asked twice, nothing happens.
    """
    return AccessNeed.objects.filter(pk=need.pk, state=State.WITHDRAWN).delete()[0]


def summary(session: Session) -> list[tuple[str, int, int]]:
    """[(what helps, how many ask for it, how many of those are not done)], most wanted first.

    Without names; what people wrote in their own words is counted, not quoted.
    """
    rows = AccessNeed.objects.filter(
        registration__session=session,
        registration__state__in=[RegistrationState.CONFIRMED, RegistrationState.OFFERED],
    ).exclude(state=State.WITHDRAWN)
    asked, not_done = Counter[str](), Counter[str]()
    for row in rows:
        asked[row.code] += 1
        not_done[row.code] += row.state in NOT_DONE
    lines = [(LABELS[code], number, not_done[code]) for code, number in asked.items()]
    return sorted(lines, key=lambda line: (-line[1], line[0]))
