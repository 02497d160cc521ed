"""How to join: sent to people with a place, and to somebody who comes along with them."""

import hashlib
from datetime import datetime

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from events.models import Registration, Session
from events.models.registration_states import State
from events.sessions import kinds


def tell(registration: Registration, session: Session, *, revision: str = "") -> None:
    """Send them to the person, and to their companion if an address was given."""
    until = session.ends_at
    mail.tell(registration.person, kinds.JOINING, registration, revision=revision, not_after=until)
    if registration.companion_email:
        tell_companion(registration, kinds.JOINING_COMPANION, revision=revision, not_after=until)


def tell_companion(
    registration: Registration, kind: str, *, revision: str = "", not_after: datetime | None
) -> None:
    """Tell somebody who comes along, at the address that was given; once for each address."""
    address = registration.companion_email
    known_by = hashlib.sha256(address.encode()).hexdigest()[:12]
    mail.tell(
        None,
        kind,
        registration,
        address=address,
        revision=f"{revision[:26]}@{known_by}",
        not_after=not_after,
    )


def tell_new_companion(registration: Registration, session: Session, told_before: str) -> None:
    """Somebody else comes along now: they need what others were sent already."""
    address = registration.companion_email
    is_late = registration.state == State.CONFIRMED and session.joining_details_are_out
    if is_late and address and address != told_before:
        tell_companion(registration, kinds.JOINING_COMPANION, not_after=session.ends_at)


@transaction.atomic
def send_again(session: Session) -> int:
    """They changed: send them once more; returns to how many people.

    A second click in the same minute sends nothing more. Raises RuleError before they went out.
    """
    locked = session.locked()
    if not locked.joining_details_are_out:
        raise RuleError(
            "The joining details have not gone out yet, so there is nothing to send again."
        )
    rows = locked.registrations.filter(state=State.CONFIRMED).select_related("person")
    minute = f"{clock.now():%Y-%m-%dT%H:%M}"
    for row in rows.order_by("pk"):
        tell(row, locked, revision=minute)
    return len(rows)
