"""Registrations of two records that are one person: one live registration a session.

No right to a payment is lost. Each session is joined under its lock, and undone under it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from collective.models import Activity, Person, RecordJoin
from collective.people import looks
from collective.people.record_joins import Along
from collective.safety import steps
from events.models import Registration, Session, SignUpDraft
from events.models.answers import Needs
from events.models.conversation import SEES_CONFIDENTIAL
from events.models.registration_states import HOLDING, RegistrationQuerySet, State
from events.sessions import access_needs, offers, registration_steps, waiting_list
from payments.owing import offering

# Which of two live registrations for one session stays: first the one with which somebody took
# part, then the one that is nearest to a place.
RANK = [State.ATTENDED, State.CONFIRMED, State.OFFERED, State.WAITING, State.MISSED]
SEATED = [State.CONFIRMED, State.ATTENDED, State.MISSED]
KEPT_FIELDS = ("fee_pence", "capacity", "came_for_part", "companion", "access_needs")

Moved = dict[str, Any]  # what `undo` needs, as JSON


def _sessions_of(registrations: RegistrationQuerySet) -> list[UUID]:
    """The keys of their sessions, in the order of locking."""
    return sorted(registrations.order_by().values_list("session", flat=True).distinct())


def _ranked(rows: Iterable[Registration]) -> list[Registration]:
    """The one that stays first: of two that wait, the one further up the list; then the older."""
    return sorted(
        rows,
        key=lambda row: (RANK.index(State(row.state)), row.list_number or 0, row.created_at),
    )


def preview(kept: Person, gone: Person) -> list[str]:
    """Sentences: how many registrations move, and where both are signed up."""
    live = Registration.objects.live().select_related("session")
    mine = {row.session_id: row for row in live.filter(person=kept)}
    theirs = live.filter(person=gone).order_by("created_at")
    number = Registration.objects.filter(person=gone).count()
    both = [(mine[row.session_id], row) for row in theirs if row.session_id in mine]
    return [f"{number} of their registrations move.", *(_both(*rows) for rows in both)]


def _both(mine: Registration, theirs: Registration) -> str:
    first = _ranked([mine, theirs])[0]
    sentence = f"{mine.session}: both are signed up. One stays ({first.get_state_display()})."
    if {mine.state, theirs.state} <= set(HOLDING):
        sentence += " The second place is free for others."
    return sentence


# Joining


def comes_along(person: Person) -> list[Along]:
    """What they said that they need, who comes along with them, and what a fee is paid for."""
    needs, places = _told(person).count(), _with_a_fee(person).count()
    along = [Along(f"What helps them, in sessions: {needs}.", SEES_CONFIDENTIAL)] if needs else []
    return [*along, *([Along(f"Places for which a fee is paid: {places}.")] if places else [])]


def moves(person: Person) -> list[str]:
    """Their places, and what they told with them."""
    number = Registration.objects.filter(person=person).count()
    lines = [f"Sign-ups for sessions: {number}."] if number else []
    if _told(person).exists():
        lines.append("What was told there in confidence: what helps, and who comes along.")
    return lines


def _with_a_fee(person: Person) -> RegistrationQuerySet:
    """What may still earn the fee of its session."""
    is_paid = Q(fee_pence__isnull=False) | Q(session__fee_pence__isnull=False)
    return Registration.objects.filter(is_paid, person=person).exclude(state=State.CANCELLED)


def _told(*people: Person) -> RegistrationQuerySet:
    told = Q(access_needs__isnull=False) | Q(companion__isnull=False)
    return Registration.objects.filter(told, person__in=people)


def join(kept: Person, gone: Person, row: RecordJoin) -> Moved:
    """Move the registrations, session by session under its lock; returns what `undo` needs.

    It counts as a look at what either record was told to need.
    """
    told = list(_told(kept, gone))
    moved: Moved = {"registrations": [], "ended": [], "survivors": [], "links": []}
    for key in _sessions_of(Registration.objects.filter(person__in=[kept, gone])):
        _join_in(Session.objects.lock(key), kept, gone, moved)
    SignUpDraft.objects.filter(person=gone).delete()
    looks.note_join(told, row)
    moved["invited"], moved["newly_invited"] = _move_invitations(kept, gone)
    moved["about"] = moved["registrations"]
    return moved


def _join_in(session: Session, kept: Person, gone: Person, moved: Moved) -> None:
    waiting_list.release_lapsed(session)
    rows = session.registrations.filter(person__in=[kept, gone]).select_related("person")
    live = [row for row in rows.select_for_update(no_key=True, of=("self",)) if row.is_live]
    if len(live) == 2:
        stays, other = _ranked(sorted(live, key=lambda row: row.person_id != kept.pk))
        _keep_one(session, stays, other, moved)
    theirs = session.registrations.filter(person=gone)
    moved["registrations"] += [str(pk) for pk in theirs.values_list("pk", flat=True)]
    theirs.update(person=kept)
    waiting_list.offer_free_places(session)


def _keep_one(session: Session, stays: Registration, other: Registration, moved: Moved) -> None:
    """End the other one; the one that stays takes over what both were promised and have asked."""
    before = _kept_fields(stays)
    moved["ended"].append(_as_it_was(other))
    _take_over(stays, other)
    access_needs.move(other, to=stays)
    registration_steps.end(other, Registration.EndedBecause.JOINED)
    moved["links"] += [_payment_of(row) for row in (stays, other)]
    _keep_one_payment(stays, other)
    stays.save()
    access_needs.record(stays, session)
    survivor = {"pk": str(stays.pk), "before": before, "after": _kept_fields(stays)}
    moved["survivors"].append(survivor)


def _take_over(stays: Registration, other: Registration) -> None:
    stays.fee_pence = max(stays.fee_pence or 0, other.fee_pence or 0) or None
    if stays.capacity != other.capacity:
        stays.capacity = Registration.Capacity.NOT_SURE  # they are asked; nothing is lost meanwhile
    if other.state == State.ATTENDED and not other.came_for_part:
        stays.came_for_part = False
    stays.companion = stays.companion or other.companion
    stays.access_needs = _both_needs(stays.access_needs, other.access_needs)
    stays.agreed_at = stays.agreed_at or other.agreed_at


def _keep_one_payment(stays: Registration, other: Registration) -> None:
    """Two registrations for one session earn one payment.

    A second one that nobody has approved is cancelled.
    """
    one, two = stays.payment, other.payment
    if two is None or (one and one.is_committed and two.is_committed):
        return  # payments' own part of the join refuses two that are approved
    if one is None or two.is_committed:
        _swap_payments(stays, other)
    if other.payment_id:
        offering.withdraw(other.payment_id, None)


def _swap_payments(stays: Registration, other: Registration) -> None:
    one, two = stays.payment, other.payment
    other.payment = stays.payment = None  # one payment belongs to one registration, at any moment
    other.save(update_fields=["payment"])
    stays.save(update_fields=["payment"])
    other.payment, stays.payment = one, two
    other.save(update_fields=["payment"])


def _kept_fields(row: Registration) -> dict[str, Any]:
    return {name: getattr(row, name) for name in KEPT_FIELDS}


def _as_it_was(row: Registration) -> dict[str, Any]:
    return {
        "pk": str(row.pk),
        "state": row.state,
        "list_number": row.list_number and str(row.list_number),
        "ended_because": row.ended_because,
    }


def _payment_of(row: Registration) -> tuple[str, str | None]:
    return str(row.pk), str(row.payment_id) if row.payment_id else None


def _both_needs(one: Needs | None, other: Needs | None) -> Needs | None:
    """Everything that either record asked for."""
    asked = [needs for needs in (one, other) if needs]
    choices = dict.fromkeys(choice for needs in asked for choice in needs.get("choices", []))
    notes = dict.fromkeys(needs["notes"] for needs in asked if needs.get("notes"))
    if not choices and not notes:
        return None
    return Needs(choices=[*choices], notes="\n".join(notes))


def _move_invitations(kept: Person, gone: Person) -> tuple[list[str], list[str]]:
    """(the activities that the other was invited to, those of them that are new to the kept one)"""
    through = Activity.invited.through.objects
    theirs = [str(pk) for pk in through.filter(person=gone).values_list("activity", flat=True)]
    mine = {str(pk) for pk in through.filter(person=kept).values_list("activity", flat=True)}
    kept.invitations.add(*Activity.objects.filter(pk__in=theirs))
    gone.invitations.clear()
    return theirs, [key for key in theirs if key not in mine]


def is_clear(kept: Person, gone: Person) -> bool:
    """Has the emptied record no registration left?

    One may have been made while the others were moved.
    """
    return not Registration.objects.filter(person=gone).exists()


# Undoing


@dataclass(frozen=True)
class _Join:
    """A join to be undone: both people, with the contacts that they will have, and what moved."""

    kept: Person
    gone: Person
    went_over: set[str]  # keys of the registrations that were the other record's
    ended: dict[str, dict[str, Any]]  # by key, as they were
    survivors: dict[str, dict[str, Any]]  # by key, before and after

    @property
    def touched(self) -> set[str]:
        return {*self.went_over, *self.ended, *self.survivors}


def undo(kept: Person, gone: Person, moved: Moved) -> list[str]:
    """Give each record its registrations again; returns sentences for what could not be as it was.

    Both people come with the contacts that they will have.
    """
    joined = _Join(
        kept,
        gone,
        went_over={*moved["registrations"]},
        ended={row["pk"]: row for row in moved["ended"]},
        survivors={row["pk"]: row for row in moved["survivors"]},
    )
    sentences = []
    for key in _sessions_of(Registration.objects.filter(pk__in=joined.touched)):
        sentences += _undo_in(Session.objects.lock(key), joined)
    _give_back_payments(moved.get("links", []))
    gone.invitations.add(*moved["invited"])
    kept.invitations.remove(*moved["newly_invited"])
    return sentences


def _undo_in(session: Session, joined: _Join) -> list[str]:
    touched = session.registrations.filter(pk__in=joined.touched)
    rows = list(touched.select_for_update(no_key=True).order_by("created_at"))
    for row in rows:
        if str(row.pk) in joined.survivors:
            _restore_survivor(row, joined.survivors[str(row.pk)], session)
        _give_back(row, joined)
    ended = [row for row in rows if str(row.pk) in joined.ended and row.state == State.CANCELLED]
    return [line for row in ended for line in _revive(session, row, joined.ended[str(row.pk)])]


def _give_back(row: Registration, joined: _Join) -> None:
    """The row is its own record's again, with the contacts which that will have."""
    if row.person_id != joined.kept.pk:
        return
    if str(row.pk) in joined.went_over:
        row.person = joined.gone
        row.save()
    else:
        row.person = joined.kept


def _give_back_payments(links: list[tuple[str, str | None]]) -> None:
    """Each registration has the payment again that it earned."""
    Registration.objects.filter(pk__in=[pk for pk, _ in links]).update(payment=None)
    for pk, payment in links:
        Registration.objects.filter(pk=pk).update(payment=payment)


def _restore_survivor(row: Registration, survivor: dict[str, Any], session: Session) -> None:
    """Its own answers again; what was changed since, stays."""
    for name, value in survivor["before"].items():
        if getattr(row, name) == survivor["after"][name]:
            setattr(row, name, value)
    row.save()
    access_needs.record(row, session)


def _revive(session: Session, row: Registration, was: dict[str, Any]) -> list[str]:
    """The second registration lives again, as far as there is room; returns what to say of it."""
    if session.registrations.live().filter(person=row.person_id).exists():
        return [f"{session}: they have signed up again since, so that registration stands."]
    state = State(was["state"])
    has_room = state in {State.ATTENDED, State.MISSED} or session.free_places > 0
    row.ended_because = was["ended_because"]
    with steps.beside_the_table(Registration):
        if has_room and state in SEATED:
            _seat_again(row, session, state)
        else:
            _wait_again(row, session, was["list_number"])
    access_needs.record(row, session)
    if has_room and state == State.OFFERED and not session.has_started:
        offers.offer(row, session)
    return [] if has_room or state not in HOLDING else [_lost_place(row, session)]


def _seat_again(row: Registration, session: Session, state: State) -> None:
    row.state, row.seat = state, session.free_seat()
    row.save()


def _wait_again(row: Registration, session: Session, list_number: str | None) -> None:
    """At the place where it was; one that never waited is first in order."""
    row.state = State.WAITING
    row.list_number = Decimal(list_number) if list_number else waiting_list.first_number(session)
    row.save()


def _lost_place(row: Registration, session: Session) -> str:
    first = f"{row.person} is first on the waiting list"
    return f"{session}: the place went to somebody else, so {first}."
