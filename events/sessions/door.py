"""The door of a session: somebody is there who was not expected, or seems not to be.

They are looked for first among people who booked, who wait, whose offer has lapsed, whom we know.
Only then is somebody added, so that what they earn goes to the person who is there.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef

from collective.errors import RuleError
from collective.models import Person
from collective.models.person import PersonQuerySet
from collective.people import alike, standing
from collective.typed.addresses import clean_email
from events.models import Registration, Session
from events.models.registration_states import State
from events.sessions import attendance, registration_steps
from events.sessions.messages import reminders

Capacity = Registration.Capacity
# How somebody stands to the session, in the order in which they are shown.
STANDS: dict[str | None, str] = {
    State.CONFIRMED: "has a place",
    State.OFFERED: "was offered a place",
    State.WAITING: "is on the waiting list",
    State.MISSED: "is marked as not seen",
    State.ATTENDED: "is noted as there already",
    State.CANCELLED: "was on the list, and is no longer",
    None: "did not sign up for this session",
}
ORDER = list(STANDS)


@dataclass(frozen=True)
class Found:
    """Somebody whom it may be, and how they stand to the session."""

    person: Person
    state: str | None

    @property
    def words(self) -> str:
        return STANDS[self.state]

    @property
    def is_there(self) -> bool:
        return self.state == State.ATTENDED


@dataclass(frozen=True)
class Newcomer:
    """Somebody new: a name, and how to reach them, if they say so."""

    name: str
    email: str = ""
    phone: str | None = None


def first_on_the_list(session: Session, people: PersonQuerySet, most: int) -> list[Person]:
    """So many of these people; whoever is on the list of the session is not left out."""
    mine = session.registrations.filter(person=OuterRef("pk"))
    rows = people.annotate(is_live=Exists(mine.live()), was_on_it=Exists(mine))
    return list(rows.order_by("-is_live", "-was_on_it", "name", "pk")[:most])


def stand(session: Session, people: Iterable[Person]) -> list[Found]:
    """How these people stand to the session: booked, offered, waiting, lapsed, then known."""
    wanted = list(people)
    rows = session.registrations.filter(person__in=wanted).order_by("created_at")
    states: dict[object, str] = {}
    for key, state in rows.values_list("person", "state"):
        if states.get(key, State.CANCELLED) == State.CANCELLED:
            states[key] = state
    found = [Found(person, states.get(person.pk)) for person in wanted]
    return sorted(found, key=lambda row: ORDER.index(row.state))


@transaction.atomic
def note_came(
    session: Session, person: Person, *, capacity: str = Capacity.NOT_SURE, by: Person | None = None
) -> Registration:
    """Note that somebody whom we know took part, over the places if need be.

    Whoever is on the list keeps that registration; somebody whose spot ended keeps their answers.
    Twice is once. Raises RuleError before the session has begun.
    """
    session = _begun(session)
    person = standing.record_of(person.pk)
    mine = session.registrations.filter(person=person)
    live = mine.live().first()
    if live is None or live.state == State.WAITING:
        registration = live or _anew(session, person, mine.order_by("-created_at").first())
        return _seat(registration, session, capacity, by)
    if live.state == State.ATTENDED:
        return live
    if live.capacity == Capacity.NOT_SURE:
        live.capacity = capacity
        live.save(update_fields=["capacity"])
    if live.state == State.OFFERED:
        registration_steps.confirm(live, session)
    return attendance.mark(live, State.ATTENDED, by=by)


@transaction.atomic
def note_newcomer(
    session: Session,
    newcomer: Newcomer,
    *,
    is_somebody_else: bool = False,
    capacity: str = Capacity.NOT_SURE,
    by: Person | None = None,
) -> Registration:
    """Add somebody new, and note that they took part.

    Raises KnownAlready where we may know them, unless staff say that it is somebody else; always
    where the address is somebody's own. The lock of the session keeps two colleagues from adding
    the same person twice.
    """
    session, email = _begun(session), clean_email(newcomer.email)
    if not newcomer.name and not email:
        raise RuleError("Give a name or an email address.")
    if email and (owner := Person.objects.known().filter(email=email).first()):
        raise alike.KnownAlready([owner])
    if not is_somebody_else:
        alike.check(newcomer.name, email or "", newcomer.phone)
    person = Person.objects.create_user(email, name=newcomer.name, phone=newcomer.phone or None)
    return note_came(session, person, capacity=capacity, by=by)


def _begun(session: Session) -> Session:
    locked = session.locked()
    if not locked.has_started:
        raise RuleError("This session has not begun yet, so nobody has come.")
    return locked


def _anew(session: Session, person: Person, before: Registration | None) -> Registration:
    """A new registration; with what they answered, if they were on the list before."""
    answers = before.answers if before else {}
    return Registration(session=session, person=person, fee_pence=session.fee_pence, **answers)


def _seat(
    registration: Registration, session: Session, capacity: str, by: Person | None
) -> Registration:
    if registration.capacity == Capacity.NOT_SURE:
        registration.capacity = capacity
    registration.state, registration.seat = State.ATTENDED, session.free_seat()
    registration.list_number = None
    registration.came_without_signing_up, registration.confirmed_by = True, by
    registration.save()
    attendance.settle(registration, by)
    reminders.thank_whoever_is_marked_late(registration, session)
    return registration
