"""Giving up by a link of a mail: the place is kept for a while, and can be taken back.

Some mail scanners press the buttons of the pages that a mail leads to. So nothing that a link gives
up is gone at once: the place, the offer or the spot on the list stays the person's until
`leaves_at`, and nobody else is offered it until then. Every act here holds the session's lock.
"""

from datetime import datetime

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from events.given_up import kept_until
from events.models import Registration, Session
from events.models.registration_states import CAN_LEAVE, State
from events.sessions import registration_steps
from events.sessions.messages import kinds, telling

EndedBecause = Registration.EndedBecause
NO_OFFER = "There is no offer any more. This page shows how things stand."


@transaction.atomic
def give_up_by_link(registration: Registration) -> Registration:
    """Give up the place, the offer or the spot on the list; until `leaves_at` it can be taken back.

    A second press changes nothing. Raises RuleError where there is nothing to give up.
    """
    session, registration = registration.locked()
    if registration.state == State.CANCELLED or registration.is_leaving:
        return registration
    if not registration.can_give_up or registration.shown_state == "lapsed":
        raise RuleError(
            "There is no place to give back any more. Your page shows how things stand."
        )
    until = kept_until(session.starts_at, clock.now())
    registration.leaves_at = min(until, registration.offer_until or until)
    registration.save()
    _tell(registration, kinds.LEAVING, registration.leaves_at)
    return registration


@transaction.atomic
def decline_by_link(registration: Registration) -> Registration:
    """Say no to the offered place; until `leaves_at` that can be taken back.

    A second press changes nothing. Raises RuleError where there is no offer: a page that was left
    open, with its button, must not give up the place that was booked meanwhile.
    """
    _, registration = registration.locked()
    if registration.state in {State.CONFIRMED, State.WAITING}:
        raise RuleError(NO_OFFER)
    return give_up_by_link(registration)


@transaction.atomic
def take_back(registration: Registration) -> Registration:
    """It is theirs again, as it was: the same seat, offer or spot on the list.

    A second press changes nothing. Raises RuleError once its time has passed.
    """
    session, registration = registration.locked()
    if registration.state in CAN_LEAVE and not registration.is_leaving:
        return registration
    if not registration.can_take_back or session.shown_state == Session.State.CANCELLED:
        raise RuleError("This can no longer be taken back. Your page shows what you can do now.")
    keep(registration, session)
    return registration


def keep(registration: Registration, session: Session) -> None:
    """Note that it is not given up after all, and say so; the caller holds the session."""
    registration.leaves_at = None
    registration.save()
    _tell(registration, kinds.KEPT, session.ends_at)
    if registration.state == State.CONFIRMED and session.joining_details_are_out:
        telling.tell_how_to_join(registration, session, revision=f"{clock.now():%Y%m%dT%H%M%S}")


def let_go(session: Session) -> int:
    """End what was given up and not taken back in time; returns how many. The caller holds it."""
    due = session.registrations.filter(leaves_at__lte=clock.now()).select_related("person")
    rows = list(due.select_for_update(no_key=True, of=("self",)))
    for registration in rows:
        because, receipt = EndedBecause.GAVE_UP, kinds.GIVEN_UP
        if registration.state == State.OFFERED:
            because, receipt = EndedBecause.DECLINED, kinds.DECLINED
        registration_steps.end(registration, because)
        mail.tell(registration.person, receipt, registration, not_after=session.ends_at)
    return len(rows)


def _tell(registration: Registration, kind: str, not_after: datetime | None) -> None:
    """Once for each time that it is given up or taken back."""
    revision = f"{clock.now():%Y%m%dT%H%M%S%f}"
    mail.tell(registration.person, kind, registration, revision=revision, not_after=not_after)
