"""One of everything that members meet, and a member to whom it belongs."""

from dataclasses import dataclass
from datetime import timedelta

from collective import clock
from collective.models import Activity, SupportLine
from events.models import Material, Registration, Session
from events.sessions import leaving, places
from tests.factories import (
    ActivityFactory,
    CallFactory,
    CoordinatorFactory,
    FollowFactory,
    PersonFactory,
    coming_session,
    fill,
    sign_up,
)
from tests.journeys.payment_world import make_payments
from tests.journeys.policy_world import make_policy
from tests.journeys.talk_world import make_talks


@dataclass
class World:
    """One of everything, and a member to whom it belongs."""

    member: object
    staff: object
    call: object
    sessions: dict
    registrations: dict
    follow: object
    payments: dict
    talks: dict
    policy: dict


def make_world():
    member, call = (
        PersonFactory(name="Sam"),
        CallFactory(care_note="Some of it is hard.", about_lead="Richard."),
    )
    ActivityFactory(call=call, state=Activity.State.TO_BE_CONFIRMED, when_words="likely November")
    ActivityFactory(
        call=call, state=Activity.State.OPEN, how_to_take_part="Write to hello@collective.example"
    )
    SupportLine.objects.create(
        name="A line", about="To talk", phone="116 123", checked_on=clock.now().date()
    )
    later = {"opens_at": clock.now() + timedelta(days=1)}
    states = {
        "open": {},
        "full": {"places": 1},
        "later": later,
        "closed": {},
        "cancelled": {},
        "happened": {},
    }
    sessions = {name: coming_session(call=call, slug=name, **more) for name, more in states.items()}
    sessions["near"] = coming_session(
        call=call, slug="near", dial_in="020 1", meeting_id="1", content_note="Hard."
    )
    fill(sessions["full"])
    for name in ("closed", "cancelled", "happened"):
        Session.objects.filter(pk=sessions[name].pk).update(state=name)
    needs = {"choices": ["captions"], "notes": "slowly"}
    follow = FollowFactory(person=member, call=call)
    registrations, payments = make_registrations(member, call, needs), make_payments(member, call)
    talks, policy = make_talks(member, call), make_policy(member, call)
    return World(
        member, CoordinatorFactory(), call, sessions, registrations, follow, payments, talks, policy
    )


def make_registrations(member, call, needs):
    """One registration of the member in each state."""
    made = {}
    for state in (
        "confirmed",
        "waiting",
        "offered",
        "attended",
        "missed",
        "cancelled",
        "lapsed",
        "joining",
        "leaving",
    ):
        session = coming_session(
            call=call, slug=f"my-{state}", places=1, notes_afterwards="<p>Notes.</p>"
        )
        if state in {"waiting", "offered", "lapsed"}:
            holder = sign_up(session)
        made[state] = sign_up(session, member, access_needs=needs)
        if state in {"offered", "lapsed"}:
            places.give_up(holder)
    for state in ("attended", "missed"):
        Registration.objects.filter(pk=made[state].pk).update(state=state)
    places.give_up(made["cancelled"])
    made["leaving"] = leaving.give_up_by_link(made["leaving"])
    past = clock.now() - timedelta(minutes=1)
    Registration.objects.filter(pk=made["lapsed"].pk).update(offer_until=past)
    made["joining"].session.reminders.filter(what="joining").update(due_at=past)
    Material.objects.create(
        session=made["joining"].session, name="Questions", link="https://example.org/q"
    )
    return made
