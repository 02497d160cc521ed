"""Registrations of two records that are one person: one live registration a session, and no right
to a payment lost.
"""

from decimal import Decimal

from collective.models import Activity, Person
from events.models import Registration, Session, SignUpDraft
from events.models.registration import free_seat
from events.models.registration_states import HOLDING, State
from events.sessions import access_needs, waiting_list
from payments.owing import offering

# Which of two live registrations for one session stays: who took part first, then who is nearest to
# a place.
RANK = [State.ATTENDED, State.CONFIRMED, State.OFFERED, State.WAITING, State.MISSED]
KEPT_FIELDS = ("fee_pence", "capacity", "came_for_part", "companion", "access_needs")


def _sessions(*people):
    """The sessions in which any of them has a registration, in the order of locking."""
    keys = (
        Registration.objects.filter(person__in=people)
        .order_by()
        .values_list("session", flat=True)
        .distinct()
    )
    return sorted(keys)


def preview(kept: Person, gone: Person) -> list[str]:
    """Sentences: how many registrations move, and where both are signed up."""
    mine = {
        row.session_id: row
        for row in Registration.objects.live().filter(person=kept).select_related("session")
    }
    theirs = (
        Registration.objects.live()
        .filter(person=gone)
        .select_related("session")
        .order_by("created_at")
    )
    lines = [f"{Registration.objects.filter(person=gone).count()} of their registrations move."]
    for row in theirs:
        if other := mine.get(row.session_id):
            first, _ = _ranked(other, row)
            freed = (
                " The second place goes to the next in order."
                if {row.state, other.state} <= set(HOLDING)
                else ""
            )
            lines.append(
                f"{row.session}: both are signed up. One stays "
                f"({first.get_state_display()}).{freed}"
            )
    return lines


def _ranked(*rows):
    """(the one that stays, the other): of two that wait, the one further up the list; of equals,
    the first given.
    """
    return sorted(
        rows, key=lambda row: (RANK.index(row.state), row.list_number or 0, row.created_at)
    )


def join(kept: Person, gone: Person):
    """Move the registrations, session by session under its lock; returns what `undo` needs."""
    moved = {"registrations": [], "ended": [], "survivors": [], "invited": [], "links": []}
    for key in _sessions(kept, gone):
        session = Session.objects.lock(key)
        waiting_list.release_lapsed(session)
        rows = session.registrations.filter(person__in=[kept, gone]).select_for_update(
            no_key=True, of=("self",)
        )
        live = [row for row in rows.select_related("person") if row.is_live]
        if len(live) == 2:
            _keep_one(
                session, *_ranked(*sorted(live, key=lambda row: row.person_id != kept.pk)), moved
            )
        theirs = session.registrations.filter(person=gone)
        moved["registrations"] += [str(pk) for pk in theirs.values_list("pk", flat=True)]
        theirs.update(person=kept)
        waiting_list.offer_free_places(session)
    SignUpDraft.objects.filter(person=gone).delete()
    moved["invited"], moved["newly_invited"] = _move_invitations(kept, gone)
    moved["about"] = moved["registrations"]
    return moved


def _keep_one(session: Session, stays, other, moved) -> None:
    before = _answers(stays)
    moved["ended"].append(_as_it_was(other))
    stays.fee_pence = max(stays.fee_pence or 0, other.fee_pence or 0) or None
    if stays.capacity != other.capacity:
        stays.capacity = Registration.Capacity.NOT_SURE  # they are asked; nothing is lost meanwhile
    stays.came_for_part = stays.came_for_part and (
        other.state != State.ATTENDED or other.came_for_part
    )
    stays.companion = stays.companion or other.companion
    stays.access_needs = _both_needs(stays.access_needs, other.access_needs)
    stays.agreed_at = stays.agreed_at or other.agreed_at
    access_needs.hand_over(other, stays)
    other.end(Registration.EndedBecause.JOINED)
    moved["links"] += [
        [str(row.pk), row.payment_id and str(row.payment_id)] for row in (stays, other)
    ]
    _keep_one_payment(stays, other)
    stays.save()
    access_needs.record(stays, session)
    moved["survivors"].append({"pk": str(stays.pk), "before": before, "after": _answers(stays)})


def _keep_one_payment(stays, other) -> None:
    """Two registrations for one session earn one payment: a second one that nobody has approved is
    cancelled.
    """
    one, two = stays.payment, other.payment
    if two is None or (one and one.is_committed and two.is_committed):
        return  # payments' own part of the join refuses two that are approved
    if one is None or two.is_committed:
        other.payment = stays.payment = None
        other.save(update_fields=["payment"])
        stays.save(update_fields=["payment"])
        other.payment, stays.payment = one, two
        other.save(update_fields=["payment"])
    if other.payment_id:
        offering.withdraw(other.payment_id, None)


def _answers(row):
    return {name: getattr(row, name) for name in KEPT_FIELDS}


def _as_it_was(row):
    list_number = row.list_number and str(row.list_number)
    return {
        "pk": str(row.pk),
        "state": row.state,
        "list_number": list_number,
        "ended_because": row.ended_because,
    }


def _both_needs(one, other):
    """Everything that either record asked for."""
    one, other = one or {}, other or {}
    choices = list(dict.fromkeys([*one.get("choices", []), *other.get("choices", [])]))
    notes = "\n".join(dict.fromkeys(filter(None, [one.get("notes"), other.get("notes")])))
    return {"choices": choices, "notes": notes} if choices or notes else None


def _move_invitations(kept: Person, gone: Person) -> tuple[list[str], list[str]]:
    through = Activity.invited.through.objects
    theirs = [str(pk) for pk in through.filter(person=gone).values_list("activity", flat=True)]
    mine = {str(pk) for pk in through.filter(person=kept).values_list("activity", flat=True)}
    kept.invitations.add(*theirs)
    gone.invitations.clear()
    return theirs, [key for key in theirs if key not in mine]


def is_clear(gone: Person) -> bool:
    """Has the emptied record no registration left?

    One may have been made while the others were moved.
    """
    return not Registration.objects.filter(person=gone).exists()


def undo(kept: Person, gone: Person, moved):
    """Give each record its registrations again; returns sentences for what could not be as it was.

    Both people come with the contacts that they will have.
    """
    sentences = []
    ended = {row["pk"]: row for row in moved["ended"]}
    survivors = {row["pk"]: row for row in moved["survivors"]}
    touched = {*moved["registrations"], *ended, *survivors}
    keys = (
        Registration.objects.filter(pk__in=touched)
        .order_by()
        .values_list("session", flat=True)
        .distinct()
    )
    for key in sorted(keys):
        session = Session.objects.lock(key)
        rows = (
            session.registrations.filter(pk__in=touched)
            .select_for_update(no_key=True)
            .order_by("created_at")
        )
        for row in rows:
            if str(row.pk) in survivors:
                _restore_survivor(row, survivors[str(row.pk)], session)
            if str(row.pk) in moved["registrations"] and row.person_id == kept.pk:
                row.person = gone
                row.save()
            elif row.person_id == kept.pk:
                row.person = kept
        for row in [row for row in rows if str(row.pk) in ended and row.state == State.CANCELLED]:
            sentences += _revive(session, row, ended[str(row.pk)])
    _give_back_payments(moved.get("links", []))
    gone.invitations.add(*moved["invited"])
    kept.invitations.remove(*moved["newly_invited"])
    return sentences


def _give_back_payments(links) -> None:
    """Each registration has the payment again that it earned."""
    Registration.objects.filter(pk__in=[pk for pk, _ in links]).update(payment=None)
    for pk, payment in links:
        Registration.objects.filter(pk=pk).update(payment=payment)


def _restore_survivor(row, survivor, session: Session) -> None:
    """Its own answers again; what was changed since, stays."""
    for name, value in survivor["before"].items():
        if getattr(row, name) == survivor["after"][name]:
            setattr(row, name, value)
    row.save()
    access_needs.record(row, session)


def _revive(session: Session, row, before) -> list[str]:
    """The second registration lives again: in its place if one is free, else first in order on the
    list.
    """
    if session.registrations.live().filter(person=row.person_id).exists():
        return [f"{session}: they have signed up again since, so that registration stands."]
    row.ended_because = before["ended_because"]
    state = before["state"]
    past = state in {State.ATTENDED, State.MISSED}
    has_room = past or session.free_places > 0
    if state in HOLDING and state != State.OFFERED and has_room:
        row.state, row.seat = state, free_seat(session)
    else:
        number = before["list_number"]
        row.state, row.list_number = (
            State.WAITING,
            Decimal(number) if number else _first_number(session),
        )
    row.save()
    access_needs.record(row, session)
    if state == State.OFFERED and has_room and not session.has_started:
        waiting_list.offer(row, session)
    lost = state in HOLDING and not has_room
    return [
        f"{session}: the place went to somebody else, so {row.person} is first on the waiting list."
    ] * lost


def _first_number(session: Session):
    first = session.registrations.waiting().values_list("list_number", flat=True).first()
    if first is None:
        session.last_list_number += 1
        Session.objects.filter(pk=session.pk).update(last_list_number=session.last_list_number)
        return session.last_list_number
    return first / 2
