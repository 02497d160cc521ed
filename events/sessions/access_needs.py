"""Access needs are acted on: asked for, being arranged, arranged, or not possible with the reason
told.

A row a need, made from what the person answered. What they change later starts anew, so that staff
see it; what they no longer want is called off. Rows, like the answers, are deleted 30 days after
the session.
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Message
from events.models import AccessNeed, Registration, Session
from events.models.access_need import NOTES, SUPPORTER

State = AccessNeed.State
HOW_FAR = [State.WITHDRAWN, State.ASKED, State.CANNOT, State.ARRANGING, State.ARRANGED]
READY_BEFORE = timedelta(days=2)  # before the session
ONE_MAIL_FOR = timedelta(minutes=10)  # what staff arrange in one sitting is told in one message


def record(registration: Registration, session: Session) -> None:
    """Bring the rows in line with what the person answered; the caller holds the session's lock."""
    rows = {row.code: row for row in registration.needs.select_for_update(no_key=True)}
    for code, notes in _wanted(registration).items():
        row = rows.pop(code, None)
        if row is None:
            _ask(registration, session, code, notes)
        elif row.state == State.WITHDRAWN or row.what.get("notes", "") != notes:
            row.what, row.state, row.changed_at = (
                {"code": code, "notes": notes},
                State.ASKED,
                clock.now(),
            )
            row.answer = {"reason": "", "note": row.note} if row.answer else None
            row.save()
    _call_off(rows.values())


def hand_over(registration: Registration, other) -> None:
    """What was arranged for one registration stands for another of the same person, where it is
    further on.
    """
    theirs = {row.code: row for row in other.needs.select_for_update(no_key=True)}
    for row in registration.needs.select_for_update(no_key=True):
        double = theirs.get(row.code)
        if double is None or HOW_FAR.index(row.state) > HOW_FAR.index(double.state):
            if double:
                double.delete()
            row.registration = other
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
    rows = AccessNeed.objects.filter(
        registration__session=session, state__in=[State.ASKED, State.ARRANGING]
    )
    for row in rows:
        row.needed_by = _needed_by(session, row.code)
        row.save(update_fields=["needed_by"])


def _wanted(registration: Registration):
    """{code: the person's own words or ""} of what they asked for."""
    answers = registration.access_needs or {}
    wanted = dict.fromkeys(answers.get("choices", []), "")
    if answers.get("notes"):
        wanted[NOTES] = answers["notes"]
    if (registration.companion or {}).get("kind") == "would_like":
        wanted[SUPPORTER] = ""
    return wanted


def _ask(registration: Registration, session: Session, code: str, notes: str) -> None:
    what = {"code": code, "notes": notes}
    by = _needed_by(session, code)
    AccessNeed.objects.create(
        registration=registration, what=what, needed_by=by, asked_at=clock.now()
    )


def _needed_by(session: Session, code: str) -> date | None:
    if code == "interpreter" and session.interpreter_by:
        return session.interpreter_by
    return timezone.localdate(session.starts_at - READY_BEFORE) if session.starts_at else None


def _call_off(rows) -> None:
    """Nobody had begun with it: it goes. Otherwise staff have to call off what they arranged."""
    for row in rows:
        if row.state in {State.ARRANGING, State.ARRANGED}:
            row.state, row.changed_at = State.WITHDRAWN, clock.now()
            row.save()
        elif row.state != State.WITHDRAWN:
            row.delete()


@transaction.atomic
def update(
    need: AccessNeed,
    *,
    state,
    reason: str = "",
    note: str = "",
    needed_by=None,
    version: str | None = None,
) -> AccessNeed:
    """Staff note how far they are; the person is told what is arranged and what cannot be.

    Raises RuleError for a "cannot" without its reason, where the person no longer needs it, and
    where somebody has changed it since this version.
    """
    row = AccessNeed.objects.select_for_update(no_key=True).get(pk=need.pk)
    if version is not None and version != row.version:
        raise RuleError(
            "The person or a colleague has changed this since you opened it. Look at it again "
            "first."
        )
    if row.state == State.WITHDRAWN:
        raise RuleError(
            "The person no longer needs this. Call off what was arranged, and mark it called off."
        )
    if state == State.CANNOT and not reason.strip():
        raise RuleError("Say why we cannot arrange it: the person reads it.")
    is_news = (row.state, row.reason) != (state, reason) and state in {State.ARRANGED, State.CANNOT}
    row.state, row.needed_by, row.changed_at = state, needed_by, None
    row.answer = {"reason": reason, "note": note}
    row.save()
    if is_news:
        _tell(row.registration)
    return row


def _tell(registration: Registration) -> None:
    """One message for all that was arranged in one sitting; what changes after it went out is told
    anew.
    """
    waiting = Message.objects.filter(
        about=registration.pk, kind="needs_news", state=Message.State.WAITING
    )
    if waiting.exists():
        return
    now, person = clock.now(), registration.person
    # without an address of their own they cannot sign in to read it
    channel = "" if person.email else person.channel_by_hand
    mail.tell(
        person,
        "needs_news",
        registration,
        revision=now.isoformat(),
        channel=channel,
        due_at=now + ONE_MAIL_FOR,
        not_after=registration.session.ends_at,
    )


def called_off(need: AccessNeed) -> int:
    """Staff have called off what is no longer needed: the row goes.

    Asked twice, nothing happens.
    """
    return AccessNeed.objects.filter(pk=need.pk, state=State.WITHDRAWN).delete()[0]


def summary(session: Session):
    """[(what helps, how many ask for it, how many of those are not done)], without names, most
    wanted first.

    What people wrote in their own words is counted, not quoted.
    """
    from events.models.access_need import LABELS

    counted = {}
    rows = AccessNeed.objects.filter(
        registration__session=session, registration__state__in=["confirmed", "offered"]
    )
    for row in rows.exclude(state=State.WITHDRAWN):
        asked, open_ = counted.get(row.code, (0, 0))
        counted[row.code] = asked + 1, open_ + (row.state in {State.ASKED, State.ARRANGING})
    lines = [(LABELS[code], asked, open_) for code, (asked, open_) in counted.items()]
    return sorted(lines, key=lambda line: (-line[1], line[0]))
