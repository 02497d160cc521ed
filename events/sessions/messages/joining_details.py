"""How to join: sent once more where it has changed."""

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from events.models import Session
from events.models.registration_states import State
from events.sessions.messages import telling


@transaction.atomic
def send_again(session: Session) -> int:
    """Send the joining details once more, as they changed; returns to how many people.

    A second click in the same minute sends nothing more. Raises RuleError before they went out.
    """
    locked = session.locked()
    if not locked.joining_details_are_out:
        raise RuleError(
            "The joining details have not gone out yet, so there is nothing to send again."
        )
    rows = locked.registrations.filter(state=State.CONFIRMED).select_related("person")
    in_order = list(rows.order_by("pk"))
    minute = f"{clock.now():%Y-%m-%dT%H:%M}"
    for row in in_order:
        telling.tell_how_to_join(row, locked, revision=minute)
    return len(in_order)
