"""What must hold of places and of what was asked for: `manage.py check_invariants` asks for it."""

from typing import Any

from django.db.models import Count, F, Q, QuerySet

from collective.background.invariants import Broken, broken_of
from events.models import AccessNeed, Registration, Session
from events.models.registration_states import HOLDING, LIVE, State


def broken() -> Broken:
    """What does not hold, and for which rows; empty if all is well."""
    return broken_of({**_of_places(), **_of_lists(), **_of_people()})


def _keys(rows: QuerySet[Any], name: str = "pk") -> QuerySet[Any]:
    return rows.order_by().values_list(name, flat=True)


def _of_places() -> dict[str, QuerySet[Any]]:
    held = Count("registrations", filter=Q(registrations__state__in=HOLDING))
    holds = Q(state__in=HOLDING)
    seated = Registration.objects.exclude(seat=None).order_by().values("session", "seat")
    return {
        "no session has more people than places": _keys(
            Session.objects.annotate(number=held).filter(number__gt=F("places"))
        ),
        "a seat is held exactly where a place is": _keys(
            Registration.objects.filter(holds & Q(seat=None) | ~holds & Q(seat__isnull=False))
        ),
        "a seat has one holder": _keys(
            seated.annotate(number=Count("pk")).filter(number__gt=1), "session"
        ),
        "an offer has an end, and nothing else has": _keys(
            Registration.objects.filter(
                Q(state=State.OFFERED, offer_until=None)
                | ~Q(state=State.OFFERED) & Q(offer_until__isnull=False)
            )
        ),
    }


def _of_lists() -> dict[str, QuerySet[Any]]:
    waiting = Registration.objects.filter(state=State.WAITING)
    by_number = waiting.order_by().values("session", "list_number")
    return {
        "whoever waits has a number on the list": _keys(
            waiting.filter(Q(list_number=None) | Q(list_number__lte=0))
        ),
        "a number on the list is one person's": _keys(
            by_number.annotate(number=Count("pk")).filter(number__gt=1), "session"
        ),
    }


def _of_people() -> dict[str, QuerySet[Any]]:
    live = Registration.objects.filter(state__in=LIVE)
    each = live.order_by().values("session", "person").annotate(number=Count("pk"))
    of_joined = Q(person__joined_into__isnull=False)
    wanted = AccessNeed.objects.exclude(state=AccessNeed.State.WITHDRAWN)
    return {
        "nobody is twice on one session": _keys(each.filter(number__gt=1), "session"),
        "no place is left with a joined record": _keys(live.filter(of_joined)),
        "what somebody needs is theirs who live": _keys(
            wanted.filter(
                registration__state__in=LIVE, registration__person__joined_into__isnull=False
            )
        ),
    }
