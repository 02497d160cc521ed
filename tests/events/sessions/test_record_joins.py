"""Two records of one person: joined, nothing is lost; undone, each has its own again."""

import os
from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collective import clock
from collective.errors import RuleError
from collective.models import Follow, FollowUp, Message, Person
from collective.people import record_joins
from events.models import Registration
from events.sessions import places, waiting_list
from tests.factories import (
    CallFactory,
    CoordinatorFactory,
    FollowFactory,
    PersonFactory,
    PhonePersonFactory,
    SessionFactory,
    sign_up,
)
from tests.joining import join, undo

State = Registration.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
EXAMPLES = int(os.environ.get("JOIN_EXAMPLES", "60"))


def states(*registrations):
    for row in registrations:
        row.refresh_from_db()
    return [row.state for row in registrations]


def test_everything_moves_and_the_other_record_is_emptied():
    kept, gone = PersonFactory(), PhonePersonFactory()
    registration, follow = (
        sign_up(SessionFactory(), gone),
        FollowFactory(person=gone, call=CallFactory()),
    )

    join(kept, gone)

    registration.refresh_from_db(), follow.refresh_from_db()
    assert (registration.person, follow.person) == (kept, kept)
    assert (kept.phone, gone.phone, gone.is_active, gone.joined_into) == (
        "+442079460123",
        None,
        False,
        kept,
    )


def test_kept_record_without_an_address_takes_over_the_other_one():
    kept, gone = PhonePersonFactory(), PersonFactory(email="ann@example.org")
    sign_up(SessionFactory(), kept)

    join(kept, gone)

    assert (kept.email, kept.reach_by, gone.email) == ("ann@example.org", "email", None)


def test_of_two_places_in_one_session_one_goes_to_who_waits():
    session, kept, gone = SessionFactory(places=2), PersonFactory(), PersonFactory()
    mine, theirs, waiter = sign_up(session, kept), sign_up(session, gone), sign_up(session)

    join(kept, gone)

    assert states(mine, theirs, waiter) == [State.CONFIRMED, State.CANCELLED, State.OFFERED]


def test_place_counts_more_than_the_list_whichever_record_is_kept():
    session, kept, gone = SessionFactory(places=1), PersonFactory(), PersonFactory()
    theirs, mine = sign_up(session, gone), sign_up(session, kept)

    join(kept, gone)

    assert states(theirs, mine) == [State.CONFIRMED, State.CANCELLED]
    assert session.registrations.live().get().person == kept


def test_higher_fee_stays_and_different_capacities_are_asked_about():
    session, kept, gone = SessionFactory(fee_pence=5000), PersonFactory(), PersonFactory()
    mine, theirs = sign_up(session, kept), sign_up(session, gone, capacity="paid_role")
    Registration.objects.filter(pk=theirs.pk).update(fee_pence=7500)

    join(kept, gone)

    mine.refresh_from_db()
    assert (mine.fee_pence, mine.capacity) == (7500, "not_sure")


def test_needs_of_both_are_kept():
    session, kept, gone = SessionFactory(), PersonFactory(), PersonFactory()
    mine = sign_up(session, kept, access_needs={"choices": ["captions"], "notes": ""})
    sign_up(session, gone, access_needs={"choices": ["breaks"], "notes": "slowly"})

    join(kept, gone)

    assert {need.code for need in mine.needs.all()} == {"captions", "breaks", "notes"}


@pytest.mark.parametrize("other", ["itself", "staff"])
def test_what_cannot_be_joined_is_refused(other):
    kept = PersonFactory()

    with pytest.raises(RuleError):
        join(kept, kept if other == "itself" else CoordinatorFactory())


def test_undone_within_a_day_each_has_its_own_again():
    kept, gone = PersonFactory(email="kept@example.org"), PersonFactory(email="gone@example.org")
    registration = sign_up(SessionFactory(), gone)
    row = join(kept, gone)

    undo(row)

    registration.refresh_from_db(), gone.refresh_from_db(), kept.refresh_from_db()
    assert (registration.person, gone.email, gone.is_active, gone.joined_into) == (
        gone,
        "gone@example.org",
        True,
        None,
    )
    assert kept.email == "kept@example.org"


def test_undone_the_second_place_comes_back_if_it_is_free():
    session, kept, gone = SessionFactory(places=2), PersonFactory(), PersonFactory()
    mine, theirs = sign_up(session, kept), sign_up(session, gone)
    row = join(kept, gone)

    sentences = undo(row)

    assert (states(mine, theirs), sentences) == ([State.CONFIRMED, State.CONFIRMED], [])
    assert theirs.person == gone


def test_undone_too_late_for_the_place_they_are_first_on_the_list_and_it_is_said():
    session, kept, gone = SessionFactory(places=2), PersonFactory(), PersonFactory()
    theirs, waiter = sign_up(session, kept) and sign_up(session, gone), sign_up(session)
    row = join(kept, gone)

    sentences = undo(row)

    assert states(theirs, waiter) == [State.WAITING, State.OFFERED]
    assert "the place went to somebody else" in sentences[0]


def test_join_is_not_undone_where_there_is_no_room_before_the_first_on_the_list():
    session, kept, gone = SessionFactory(places=2), PersonFactory(), PersonFactory()
    sign_up(session, kept), sign_up(session, gone)
    first = sign_up(session)
    row = join(kept, gone)
    sign_up(session)
    session.registrations.waiting().update(list_number=waiting_list.SMALLEST)

    with pytest.raises(RuleError, match="no room before the first"):
        undo(row)

    assert states(first) == [State.OFFERED]
    assert session.registrations.live().filter(person=kept).count() == 1


def test_after_three_days_it_cannot_be_undone_and_what_went_where_is_forgotten(early):
    row = join(PersonFactory(), PersonFactory())
    early.shift(timedelta(days=3, minutes=1))
    record_joins.forget_old()
    row.refresh_from_db()

    with pytest.raises(RuleError, match="for three days"):
        undo(row)
    assert row.moved is None


def test_emptied_record_is_found_nowhere(client, coordinator):
    gone = PersonFactory(name="Twice Known")
    join(PersonFactory(), gone)

    page = client.get(
        reverse("admin:collective_person_changelist"), {"q": "Twice"}
    ).content.decode()

    assert reverse("admin:collective_person_change", args=[gone.pk]) not in page


def test_staff_see_what_would_happen_before(client, coordinator):
    session, kept, gone = SessionFactory(), PersonFactory(name="Ann"), PersonFactory(name="Anne")
    sign_up(session, kept), sign_up(session, gone)
    address = reverse("admin:collective_person_join", args=[kept.pk])

    page = client.get(address, {"other": gone.pk}).content.decode()
    unchanged = session.registrations.live().count()
    client.post(address, {"other": gone.pk, "keep": kept.pk})
    client.post(reverse("admin:collective_person_act", args=[kept.pk, "undo_join"]))

    assert "both are signed up. One stays" in page
    assert (unchanged, session.registrations.live().count()) == (2, 2)


# Any two histories: what each record did in three sessions, then the join, and perhaps its undoing.
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["kept", "gone", "other"]),
        st.integers(0, 2),
        st.sampled_from(
            ["sign up", "give up", "accept", "decline", "follow", "attended", "missed"]
        ),
    ),
    max_size=14,
)
DOES = {"give up": places.give_up, "accept": places.accept, "decline": places.decline}


def play(sessions, people, acts):
    """Do what can be done of the acts, in order."""
    for who, number, act in acts:
        session, person = sessions[number], people[who]
        row = session.registrations.filter(person=person).order_by("created_at").last()
        try:
            if act == "sign up":
                sign_up(session, person)
            elif act == "follow":
                Follow.objects.get_or_create(person=person, call=session.call)
            elif row and act in {"attended", "missed"} and row.state == State.CONFIRMED:
                Registration.objects.filter(pk=row.pk).update(state=act)
            elif row and act not in {"attended", "missed"}:
                DOES[act](row)
        except RuleError:
            pass


def rights(*people):
    """Sessions in which any of them took part, with the highest fee: what they may be paid for."""
    rows = Registration.objects.filter(person__in=people, state=State.ATTENDED)
    best = {}
    for row in rows:
        best[row.session_id] = max(best.get(row.session_id, 0), row.fee_pence)
    return best


def told(*people):
    return set(Message.objects.filter(person__in=people).values_list("pk", flat=True))


@pytest.mark.thorough
@pytest.mark.parametrize("number", [1, 3])
@given(acts=ACTS, then_undo=st.booleans())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_two_histories_joined_lose_nothing(number, acts, then_undo):
    sessions = [SessionFactory(places=number) for _ in range(3)]
    people = {"kept": PersonFactory(), "gone": PersonFactory(), "other": PersonFactory()}
    kept, gone = people["kept"], people["gone"]
    play(sessions, people, acts)
    paid, messages = rights(kept, gone), told(kept, gone)
    live = set(
        Registration.objects.live()
        .filter(person__in=[kept, gone])
        .values_list("session", flat=True)
    )

    row = join(kept, gone)

    mine = Registration.objects.live().filter(person=kept)
    assert sorted(mine.values_list("session", flat=True)) == sorted(live)
    assert rights(kept) == paid
    assert messages <= told(kept, gone)
    assert not Registration.objects.filter(person=gone).exists()
    assert_places_hold(sessions)
    if then_undo:
        undo(row)
        assert rights(kept, gone) == paid
        assert messages <= told(kept, gone)
        assert_places_hold(sessions)


def assert_places_hold(sessions):
    for session in sessions:
        attended = session.registrations.filter(state__in=[State.ATTENDED, State.MISSED]).count()
        assert session.registrations.holding().count() <= max(session.places, attended)


def test_follow_ups_move_with_the_person():
    kept, gone = PersonFactory(), PersonFactory()
    follow_up = FollowUp.objects.create(person=gone, what="Ring them.", due_on=clock.now().date())

    join(kept, gone)

    follow_up.refresh_from_db()
    assert follow_up.person == kept


def test_message_that_waits_is_not_lost_to_one_of_the_same_that_failed():
    kept, gone, call = PersonFactory(), PersonFactory(), CallFactory()
    about = {"kind": "announcement", "about": SessionFactory(call=call).pk}
    failed = Message.objects.create(person=kept, state=Message.State.FAILED, **about)
    Message.objects.create(person=gone, state=Message.State.WAITING, **about)

    join(kept, gone)

    failed.refresh_from_db()
    assert failed.state == Message.State.WAITING


def test_joining_twice_is_refused():
    kept, gone = PersonFactory(), PersonFactory()
    join(kept, gone)

    with pytest.raises(RuleError, match="joined into another record"):
        join(PersonFactory(), Person.objects.get(pk=gone.pk))
