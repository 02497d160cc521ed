"""The people who can be written to at once: of a session, of a series, of a call."""

from collections.abc import Callable

from django.db.models import Q

from collective.messages.announcements import Audience
from collective.models import Announcement, Person
from collective.models.person import PersonQuerySet
from events.models import Conversation, Registration
from events.models.registration_states import LIVE, State


def of_session(states: list[State]) -> Callable[[Announcement], PersonQuerySet]:
    """People of the announcement's session whose registration is in one of these states."""

    def people(announcement: Announcement) -> PersonQuerySet:
        rows = Registration.objects.filter(session=announcement.activity_id, state__in=states)
        return Person.objects.filter(registrations__in=rows)

    return people


def of_series(announcement: Announcement) -> PersonQuerySet:
    """People who have a conversation of the announcement's series booked."""
    rows = Conversation.objects.upcoming().filter(series=announcement.activity_id)
    return Person.objects.filter(conversations__in=rows)


def of_call(announcement: Announcement) -> PersonQuerySet:
    """Everybody who is signed up for anything in the call, or took part in it."""
    rows = Registration.objects.filter(session__call=announcement.call_id, state__in=LIVE)
    talks = Conversation.objects.live().filter(series__call=announcement.call_id)
    return Person.objects.filter(Q(registrations__in=rows) | Q(conversations__in=talks)).distinct()


WITH_A_PLACE = of_session([State.CONFIRMED, State.ATTENDED])
ON_THE_LIST = of_session([State.WAITING, State.OFFERED])

SIGNED_UP = "you signed up for a session of ours"
BOOKED = "you booked a conversation with us"
TAKES_PART = "you take part in what we do"
AUDIENCES = [
    Audience(
        "confirmed", "People with a place in the session", WITH_A_PLACE, "activity", SIGNED_UP
    ),
    Audience("waiting", "People on its waiting list", ON_THE_LIST, "activity", SIGNED_UP),
    Audience("session", "Everybody of the session", of_session(LIVE), "activity", SIGNED_UP),
    Audience("conversations", "People with a conversation booked", of_series, "activity", BOOKED),
    Audience("call", "Everybody of the call", of_call, "call", TAKES_PART, is_news=True),
]
