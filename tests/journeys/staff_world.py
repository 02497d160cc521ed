"""One of everything that staff look at, for browser tests and the table of daily tasks."""

from dataclasses import dataclass
from datetime import timedelta

from collective import clock
from collective.models import Announcement, FollowUp, Message, Person
from events.models import AccessNeed, Registration, Session
from events.sessions import places
from tests.factories import (
    CallFactory,
    CoordinatorFactory,
    PersonFactory,
    PhonePersonFactory,
    coming_session,
    sign_up,
)


@dataclass
class StaffWorld:
    """The rows by name, and the keys that addresses need."""

    staff: Person
    session: Session
    over: Session
    registrations: dict
    task: Message
    letter: Message
    failed: Message
    need: AccessNeed
    announcement: Announcement
    follow_up: FollowUp

    @property
    def call(self):
        return self.session.call


def make_staff_world():
    """A full session with a waiting list and an offer by hand, one that is over, tasks, needs and
    failed mail.
    """
    staff = CoordinatorFactory(name="Jo", email="jo@example.org", is_superuser=True)
    call = CallFactory(title="Our policy")
    session = coming_session(
        call=call, slug="first", title="First session", places=3, offers_by_hand=True
    )
    needs = {"choices": ["captions", "interpreter"], "notes": "slowly"}
    rows = {
        "amina": sign_up(session, PersonFactory(name="Amina"), access_needs=needs),
        "olive": sign_up(session, PhonePersonFactory(name="Olive")),
        "kim": sign_up(session, PersonFactory(name="Kim", email="kim@example.org")),
        "bartek": sign_up(session, PersonFactory(name="Bartek")),
        "carys": sign_up(session, PhonePersonFactory(name="Carys", phone="+441632960017")),
    }
    edwin = PhonePersonFactory(
        name="Edwin", phone=None, postal_address="1 High Street\nLeeds", reach_by="post"
    )
    rows["edwin"] = sign_up(coming_session(call=call, slug="second", title="Second session"), edwin)
    failed = rows["bartek"].person.messages.get()
    Message.objects.filter(pk=failed.pk).update(
        state=Message.State.FAILED, error="550 no such mailbox"
    )
    return StaffWorld(
        staff,
        session,
        _over(call),
        rows,
        rows["olive"].person.messages.get(),
        edwin.messages.get(),
        failed,
        rows["amina"].needs.first(),
        *_messages_and_follow_up(staff, session, rows["amina"].person),
    )


def _over(call):
    """A session that has just begun, with somebody to mark."""
    begun = coming_session(call=call, slug="begun", title="Session of today")
    sign_up(begun, PersonFactory(name="Delroy"))
    start = clock.now() - timedelta(hours=1)
    Session.objects.filter(pk=begun.pk).update(starts_at=start, ends_at=start + timedelta(hours=2))
    return begun


def _messages_and_follow_up(staff, session, person):
    announcement = Announcement.objects.create(
        audience="confirmed",
        activity=session,
        subject="News",
        body="<p>See you soon.</p>",
        created_by=staff,
    )
    today = clock.now().date()
    return announcement, FollowUp.objects.create(
        person=person, what="The taxi.", due_on=today, created_by=staff
    )


def give_back(registration):
    """A place becomes free; as offers are made by hand, it waits for staff."""
    places.give_up(registration, Registration.EndedBecause.STAFF)
