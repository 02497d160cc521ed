"""What people are told about their registration, and somebody who comes along with them.

emails.py has the words of each message.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from collective.messages import mail
from events.models import Registration, Session
from events.models.registration_states import State
from events.sessions.messages import kinds


@dataclass(frozen=True)
class News:
    """One message: to the person, or to the address of somebody who comes along."""

    kind: str
    not_after: datetime | None
    revision: str = ""
    address: str = ""


def tell_result_of_sign_up(registration: Registration, session: Session) -> None:
    """Tell that a place is booked, or that they wait for one."""
    if registration.state == State.CONFIRMED:
        tell_booked(registration, session)
    else:
        _tell(registration, [News(kinds.WAITING, session.starts_at)])


def tell_booked(registration: Registration, session: Session) -> None:
    """Tell that a place is booked; if the others know already how to join, tell that at once."""
    booked = News(kinds.BOOKED, session.worth_telling_until(registration.person))
    how_to_join = _how_to_join(registration, session) if session.joining_details_are_out else []
    _tell(registration, [booked, *how_to_join])


def tell_how_to_join(registration: Registration, session: Session, *, revision: str = "") -> None:
    """Send the joining details to the person, and to their companion's address if one is known."""
    _tell(registration, _how_to_join(registration, session, revision))


def tell_new_companion(registration: Registration, session: Session, told_before: str) -> None:
    """Somebody else comes along now: they need what others were sent already."""
    is_late = registration.state == State.CONFIRMED and session.joining_details_are_out
    if is_late and registration.companion_email != told_before:
        _tell(registration, _to_companion(registration, kinds.JOINING_COMPANION, session))


def tell_change(registration: Registration, session: Session, kind: str) -> None:
    """Tell that the session has moved or is cancelled, once for each such change.

    Somebody who comes along with a person who has a place is told, too.
    """
    revision = str(session.calendar_sequence)  # it rises with each change
    news = [News(kind, session.worth_telling_until(registration.person), revision)]
    if registration.state == State.CONFIRMED:
        news += _to_companion(registration, kinds.COMPANION_NEWS, session, revision)
    _tell(registration, news)


def _how_to_join(registration: Registration, session: Session, revision: str = "") -> list[News]:
    to_person = News(kinds.JOINING, session.ends_at, revision)
    return [
        to_person,
        *_to_companion(registration, kinds.JOINING_COMPANION, session, revision),
    ]


def _to_companion(
    registration: Registration, kind: str, session: Session, revision: str = ""
) -> list[News]:
    """To somebody who comes along, once for each address; nothing where none was given."""
    address = registration.companion_email
    if not address:
        return []
    told = f"{revision[:26]}@{mail.sign_of(address, 12)}"
    return [News(kind, session.ends_at, told, address)]


def _tell(registration: Registration, news: Iterable[News]) -> None:
    for one in news:
        mail.tell(
            None if one.address else registration.person,
            one.kind,
            registration,
            address=one.address,
            revision=one.revision,
            not_after=one.not_after,
        )
