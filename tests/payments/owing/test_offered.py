"""What this person is offered for this activity: one function, and every page that asks it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from collective.messages.letters import letter_of
from collective.models import Call, Message
from events.conversations import outcomes
from events.models import Conversation, Registration
from events.sessions import attendance, places
from payments.models import Capacity
from payments.owing import offered
from tests.factories import (
    KICK_OFF,
    CallFactory,
    CoordinatorFactory,
    PersonFactory,
    SeriesFactory,
    SessionFactory,
    book,
    sign_up,
    slot_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
How = offered.How
NO_SMALL_FEE = Call.PayRule.SMALL_FEE_ONLY


@pytest.fixture
def call(db):
    return CallFactory(pay_rule=NO_SMALL_FEE)


@pytest.fixture
def series(call):
    return SeriesFactory(call=call)


@pytest.fixture
def session(call):
    return SessionFactory(call=call)


def of(row):
    """As a page asks: with fresh rows."""
    return offered.of(type(row).objects.get(pk=row.pk))


@pytest.mark.parametrize(
    ("capacity", "has_session", "how"),
    [
        (Capacity.PERSONAL, False, How.OFFERED),
        (Capacity.NOT_SURE, False, How.IF_PERSONAL),
        (Capacity.PAID_ROLE, False, How.PAID_ROLE),
        (Capacity.PERSONAL, True, How.COVERED),
        (Capacity.NOT_SURE, True, How.COVERED),
        (Capacity.PAID_ROLE, True, How.PAID_ROLE),
    ],
)
def test_small_fee_is_offered_by_capacity_and_paid_session(
    series, session, capacity, has_session, how
):
    person = PersonFactory()
    if has_session:
        sign_up(session, person)

    found = of(book(slot_of(series), person, capacity=capacity))

    assert (found.how, found.pence, found.is_covered) == (how, 2500, has_session)


@pytest.mark.parametrize(
    ("capacity", "takes_place", "how"),
    [
        (Capacity.PERSONAL, True, How.COVERED),
        (Capacity.NOT_SURE, True, How.COVERED),
        (Capacity.PAID_ROLE, True, How.IF_PERSONAL),
        (Capacity.PERSONAL, False, How.IF_PERSONAL),
    ],
)
def test_only_a_session_that_may_be_paid_rules_it_out(series, session, capacity, takes_place, how):
    mine = sign_up(session, capacity=capacity)
    if not takes_place:
        places.give_up(mine)

    assert offered.to(mine.person, series).how == how


def test_visitor_reads_what_is_offered_in_general(series, session):
    found = [offered.to(AnonymousUser(), row) for row in (series, session)]

    assert [(row.how, row.pence) for row in found] == [
        (How.IF_PERSONAL, 2500),
        (How.IF_PERSONAL, 7500),
    ]


def test_where_each_activity_is_paid_a_session_rules_nothing_out(call, series, session):
    call.pay_rule = Call.PayRule.EACH
    call.save()
    series.refresh_from_db()

    assert offered.to(sign_up(session).person, series).how == How.IF_PERSONAL


@pytest.mark.parametrize(
    ("state", "for_part", "how"),
    [
        (Registration.State.ATTENDED, False, How.DUE),
        (Registration.State.ATTENDED, True, How.UNDECIDED),
        (Registration.State.MISSED, False, How.NOT_EARNED),
    ],
)
def test_what_was_marked_says_what_is_offered(session, early, state, for_part, how):
    session.call.pays_for_part = False
    session.call.save()
    mine = sign_up(session)
    early.move_to(KICK_OFF)

    attendance.mark(mine, state, came_for_part=for_part, by=CoordinatorFactory())

    assert of(mine).how == how


def test_conversation_that_failed_says_what_staff_decide(series, early):
    mine, staff = book(slot_of(series)), CoordinatorFactory()
    early.move_to(KICK_OFF)
    outcomes.mark(mine, Conversation.State.FAILED, series.host)
    before = of(mine).how
    outcomes.decide_payment(mine, pays=False, by=staff)

    assert (before, of(mine).how) == (How.UNDECIDED, How.NOT_EARNED)


def test_the_fee_is_the_one_that_was_fixed_at_sign_up(session):
    mine = sign_up(session)
    session.fee_pence = 5000
    session.save()

    assert (of(mine).pence, offered.to(PersonFactory(), session).pence) == (7500, 5000)


@pytest.mark.parametrize("rows", [1, 3])
def test_many_activities_ask_as_much_as_one(call, session, django_assert_num_queries, rows):
    person = sign_up(session).person
    activities = [SeriesFactory(call=call) for _ in range(rows)]

    with django_assert_num_queries(2):
        found = offered.to_each(person, activities)

    assert {row.how for row in found.values()} == {How.COVERED}


# The pages: nothing is offered where a paid session rules it out, on any of them.


@pytest.fixture
def covered(series, session, member):
    """Somebody with a paid session, and the conversation that they book besides."""
    sign_up(session, member)
    return book(slot_of(series), member)


def pages_of(covered):
    series = covered.series
    free = slot_of(series, KICK_OFF.replace(day=7))
    return {
        "the form": f"/conversations/{series.slug}/book/{free.pk}/",
        "the way": series.get_absolute_url(),
        "the card": series.call.get_absolute_url(),
        "home": "/",
        "booked": covered.get_absolute_url(),
        "by capacity": f"/bookings/{covered.pk}/capacity/",
    }


def promises(text):
    """Each "£25" of a page that is not said under the condition that there is no paid session."""
    text = re.sub(
        r"If you no longer have (that session|it), we can offer you £25 after all", "", text
    )
    return re.findall(r"£25", " ".join(text.split()))


def folded(page):
    return " ".join(page.content.decode().split())


def test_no_page_offers_what_a_paid_session_rules_out(client, covered):
    series = covered.series
    series.each_upcoming = 2
    series.save()

    found = {name: client.get(path) for name, path in pages_of(covered).items()}

    assert {name: page.status_code for name, page in found.items()} == dict.fromkeys(found, 200)
    assert {name for name, page in found.items() if promises(folded(page))} == set()
    assert "There is no payment for this one" in folded(found["booked"])


def test_without_the_session_the_same_pages_offer_it(client, covered):
    places.give_up(Registration.objects.get())

    found = {name: client.get(path) for name, path in pages_of(covered).items()}

    shown = {name for name, page in found.items() if promises(folded(page))}
    assert shown >= {"the way", "the card", "home", "booked", "by capacity"}


@pytest.mark.parametrize(
    ("capacity", "said"),
    [
        ("personal", "We offer you £75"),
        ("not_sure", "We offer you £75, if you take part in a personal capacity"),
        ("paid_role", "There is no payment for this one"),
    ],
)
def test_booked_page_says_at_once_what_is_offered(client, member, session, capacity, said):
    mine = sign_up(session, member, capacity=capacity)

    page = folded(client.get(mine.get_absolute_url()))

    assert said in page
    assert ("£75" in page) == (capacity != "paid_role")


def test_somebody_whose_session_rules_it_out_is_not_asked_in_which_capacity(series, session, early):
    mine = sign_up(session)
    talk = book(slot_of(series), mine.person, capacity="not_sure")
    early.move_to(KICK_OFF)

    outcomes.mark(talk, Conversation.State.HELD, series.host)

    asked = Message.objects.get(kind="ask_conversation_capacity")
    assert letter_of(asked) is None


# Templates: an amount comes from the one function, or from the payment that is there already.

TEMPLATES = Path(settings.BASE_DIR) / "templates"
MAY_SAY = {"offered", "payment", "line.payment", "row.payment"}
AMOUNT = re.compile(r"([\w.]+)\.(?:fee_)?pence\b")
STAFF_COUNT = ("admin/", "payments/_limits")


def test_no_template_takes_a_fee_from_anywhere_else():
    said = {
        (str(path.relative_to(TEMPLATES)), found[1])
        for path in TEMPLATES.rglob("*.html")
        for found in AMOUNT.finditer(path.read_text())
    }

    others = {row for row in said if row[1].removeprefix("activity.") not in MAY_SAY}
    assert {row for row in others if not row[0].startswith(STAFF_COUNT)} == set()


def test_we_offer_you_stands_only_where_it_is_asked_what_is_offered():
    promise = re.compile(r"We offer you \{|we offer you \{|no payment from us|a payment from us")
    without = [
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if promise.search(text := path.read_text())
        and not re.search(r"offered\.(how|pence|is_open)|payment\.fee_pence", text)
    ]

    assert without == []
