"""Bookings of somebody who is forgotten: places move on, and what they told us goes.

That a place was held, or that somebody took part, stays as a number of the session. Each session
is done under its lock.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Q

from collective import clock
from collective.models import Activity, Person
from collective.people import forgetting
from collective.people.forgetting import Obstacle, Preview, Stays
from events.models import AccessNeed, Registration, Session, SignUpDraft
from events.models.registration_states import LIVE, RegistrationQuerySet, State
from events.sessions import my_data, places

rows = my_data.logged_rows


def preview(person: Person) -> Preview:
    """Which places are given back, what goes, and what is left of a booking."""
    told = Preview(ends=[_ends(row) for row in _to_end([person]).select_related("session")])
    if Registration.objects.filter(person=person).exists():
        told.goes.append(
            "For each session: what helps you take part, who comes along, what staff noted, and "
            "what happened with your booking."
        )
        told.stays.append(
            Stays(
                "That a place in a session was taken, without your name",
                "so that the numbers of the session stay right",
            )
        )
    return told


def _ends(row: Registration) -> str:
    return f"{row.session}: your place or your spot on the list is given back."


def _of(people: Iterable[Person]) -> RegistrationQuerySet:
    return Registration.objects.filter(person__in=people)


def _to_end(people: Iterable[Person]) -> RegistrationQuerySet:
    """Those in sessions that have not begun and take place."""
    live = _of(people).filter(state__in=LIVE).exclude(state__in=[State.ATTENDED, State.MISSED])
    coming = live.exclude(session__starts_at__lte=clock.now())
    return coming.exclude(session__state__in=[Session.State.CANCELLED, Session.State.HAPPENED])


def in_the_way(person: Person) -> list[Obstacle]:
    """Sessions with a fee that have begun, where nobody has noted yet whether they took part."""
    begun = Registration.objects.filter(
        person=person,
        state=State.CONFIRMED,
        fee_pence__isnull=False,
        session__starts_at__lte=clock.now(),
    )
    begun = begun.exclude(capacity=Registration.Capacity.PAID_ROLE)
    begun = begun.exclude(session__state=Session.State.CANCELLED)
    return [
        Obstacle(
            f"{row.session}: we have not noted yet whether you took part, and whether we owe you "
            "something for it.",
            f"{row.session}: mark whether they took part.",
        )
        for row in begun.select_related("session")
    ]


def histories() -> list[Any]:
    """Of bookings, and of what helps people."""
    names = ["events.RegistrationEvent", "events.AccessNeedEvent"]
    return [apps.get_model(name) for name in names]


def forget(people: list[Person]) -> None:
    """Give back what is to come, then empty every booking, session by session under its lock."""
    keys = sorted(set(_of(people).order_by().values_list("session", flat=True)))
    for key in keys:
        Session.objects.lock(key)
    for person in people:
        forgetting.check(in_the_way(person))
    for row in _to_end(people).order_by("session", "pk"):
        places.give_up(row)
    _empty(people)
    SignUpDraft.objects.filter(person__in=people).delete()
    Activity.invited.through.objects.filter(person__in=people).delete()


def _empty(people: list[Person]) -> None:
    mine = list(_of(people).values_list("pk", flat=True))
    _empty_needs(mine)
    _of(people).update(access_needs=None, companion=None, list_reason="", agreed_at=None)
    registration_events, need_events = histories()
    need_events.objects.filter(registration__in=mine).delete()
    registration_events.objects.filter(pgh_obj__in=mine).delete()


def _empty_needs(registrations: list[UUID]) -> None:
    """What is to be called off for a session to come stays until then, without any words."""
    needs = AccessNeed.objects.filter(registration__in=registrations)
    to_call_off = needs.filter(
        state=AccessNeed.State.WITHDRAWN, registration__session__ends_at__gt=clock.now()
    )
    for need in to_call_off:
        need.what, need.answer = {"code": need.code}, None
        need.save(update_fields=["what", "answer"])
    needs.exclude(pk__in=to_call_off.values("pk")).delete()


def is_clear(people: list[Person]) -> bool:
    """Is no booking of a session to come left?

    One may have been made meanwhile, in another session.
    """
    told = Q(access_needs__isnull=False) | Q(companion__isnull=False) | ~Q(list_reason="")
    return not (_to_end(people).exists() or _of(people).filter(told).exists())
