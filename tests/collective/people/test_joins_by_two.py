"""Who may join records: nobody their own or a colleague's; two, where private things move."""

import pytest
from django.contrib.auth.models import Group
from django.db import InternalError, transaction
from django.urls import reverse

from collective.errors import RuleError
from collective.messages import mail
from collective.models import Activity, FollowUp, JoinRequest, Message, Person, RecordJoin
from collective.people import join_requests, record_joins
from events.conversations import confidential
from events.models import Conversation, Registration
from portal.today import sections as today
from tests.factories import (
    CoordinatorFactory,
    PaymentFactory,
    PersonFactory,
    PhonePersonFactory,
    PolicyFactory,
    SeriesFactory,
    SessionFactory,
    book,
    role_in,
    sign_up,
    slot_of,
)
from tests.joining import join, undo
from tests.signed_in import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
NEEDS = {"choices": ["captions"], "notes": ""}


def address_of(kept, gone, *, looking=False):
    address = reverse("admin:collective_person_join", args=[kept.pk])
    return f"{address}?other={gone.pk}&keep={kept.pk}" if looking else address


def post(person, kept, gone, **more):
    """What the page answers this colleague who presses the button, with its messages."""
    form = {"other": gone.pk, "keep": kept.pk, **more}
    answer = browser_of(person).post(address_of(kept, gone), form, follow=True)
    return " ".join(answer.content.decode().split())


@pytest.fixture
def told():
    """Somebody who has told us something in a conversation."""
    return book(slot_of(SeriesFactory())).person


# Whose records


@pytest.mark.parametrize("kept_is_own", [True, False])
def test_nobody_joins_a_record_of_their_own_by_the_rule(told, kept_is_own):
    two = [PersonFactory(), told] if kept_is_own else [told, PersonFactory()]
    own = two[0] if kept_is_own else two[1]

    with pytest.raises(RuleError, match="your own"):
        record_joins.join(*two, own, confirmed_by=CoordinatorFactory())
    assert not RecordJoin.objects.exists()


@pytest.mark.parametrize("staff_is_kept", [True, False])
def test_record_of_a_colleague_is_never_joined_either_way(staff_is_kept):
    two = [CoordinatorFactory(), PersonFactory()]
    kept, gone = two if staff_is_kept else reversed(two)

    with pytest.raises(RuleError, match="on our team"):
        join(kept, gone)


def test_coordinator_who_asks_for_a_join_into_their_own_record_reads_that_they_cannot(told):
    coordinator = CoordinatorFactory()

    page = post(coordinator, coordinator, told)

    assert "One of these records is your own" in page
    assert (JoinRequest.objects.count(), RecordJoin.objects.count()) == (0, 0)


def test_database_refuses_a_join_by_one_of_the_two():
    kept, gone = PersonFactory(), PersonFactory()

    with pytest.raises(InternalError, match="Cannot insert"), transaction.atomic():
        RecordJoin.objects.create(kept=kept, gone=gone, joined_by=kept)


def test_nobody_undoes_a_join_of_their_own_record():
    kept = PersonFactory()
    row = join(kept, PersonFactory())

    with pytest.raises(RuleError, match="your own"):
        record_joins.undo(row, kept)


def test_join_of_somebody_who_is_on_the_team_by_now_is_undone_by_who_manages_staff():
    row = join(PersonFactory(), PersonFactory())
    Person.objects.filter(pk=row.kept_id).update(is_staff=True)
    row = RecordJoin.objects.get()

    with pytest.raises(RuleError, match="manages staff"):
        undo(row)


# Two of us look


def has(what, person):
    """The person has this private thing."""
    if what == "conversation":
        book(slot_of(SeriesFactory()), person)
    elif what == "needs":
        sign_up(SessionFactory(), person, access_needs=NEEDS)
    elif what == "payment":
        PaymentFactory(person=person)
    else:
        role_in(PolicyFactory(), person)


@pytest.mark.parametrize("what", ["conversation", "needs", "payment", "role"])
def test_one_colleague_alone_takes_nothing_private_along(what):
    kept, gone, by = PersonFactory(), PersonFactory(), CoordinatorFactory()
    has(what, gone)

    page = post(by, kept, gone)

    assert "A colleague looks at it too" in page
    assert (JoinRequest.objects.get().asked_by, RecordJoin.objects.count()) == (by, 0)


def test_rule_refuses_it_too(told):
    with pytest.raises(RuleError, match="A colleague looks"):
        record_joins.join(PersonFactory(), told, CoordinatorFactory())


def test_address_that_would_open_what_the_kept_record_told_needs_a_second_too():
    kept = PhonePersonFactory()
    has("conversation", kept)

    assert record_joins.needs_a_second(kept, PersonFactory(), CoordinatorFactory())
    assert not record_joins.needs_a_second(told_by_mail(), PersonFactory(), CoordinatorFactory())


def told_by_mail():
    """Somebody with a conversation whom every way to be reached leads to already."""
    person = PersonFactory(phone="+442079460123", postal_address="1 Road", contact_email="a@b.org")
    has("conversation", person)
    return person


def test_second_colleague_reads_the_same_and_says_yes(told):
    kept, asks, looks = PersonFactory(), CoordinatorFactory(name="Jo"), CoordinatorFactory()
    before = browser_of(asks).get(address_of(kept, told, looking=True)).content.decode()
    post(asks, kept, told)

    page = browser_of(looks).get(address_of(kept, told, looking=True)).content.decode()
    post(looks, kept, told)

    assert all(
        line in before and line in page for line in ["1 conversation moves", "Conversations: 1"]
    )
    assert "Jo asked for this" in page
    row = RecordJoin.objects.get()
    assert (row.joined_by, row.confirmed_by, row.by_whom) == (
        asks,
        looks,
        f"Jo, confirmed by {looks}",
    )


def test_whoever_asked_cannot_say_yes_as_well(told):
    kept, asks = PersonFactory(), CoordinatorFactory()

    for _ in range(2):
        post(asks, kept, told)

    assert (JoinRequest.objects.count(), RecordJoin.objects.count()) == (1, 0)


def test_colleague_says_no_and_it_is_no_longer_asked(told):
    kept = PersonFactory()
    post(CoordinatorFactory(), kept, told)

    page = post(CoordinatorFactory(), kept, told, decline="x")

    assert "stay two" in page
    assert (JoinRequest.objects.open().count(), RecordJoin.objects.count()) == (0, 0)


def test_what_has_changed_since_it_was_asked_is_not_confirmed(told):
    kept = PersonFactory()
    asked = join_requests.ask(kept, told, CoordinatorFactory())
    PaymentFactory(person=told)

    with pytest.raises(RuleError, match="Something has changed"):
        join_requests.confirm(asked, CoordinatorFactory())


def test_request_of_somebody_who_has_left_the_team_is_not_confirmed(told):
    asks = CoordinatorFactory()
    asked = join_requests.ask(PersonFactory(), told, asks)
    asks.is_staff = False

    with pytest.raises(RuleError, match="no longer on our team"):
        join_requests.confirm(asked, CoordinatorFactory())


def test_colleague_asks_anew_where_whoever_asked_has_left_the_team(told):
    left, kept = CoordinatorFactory(), PersonFactory()
    join_requests.ask(kept, told, left)
    Person.objects.filter(pk=left.pk).update(is_staff=False)
    by = CoordinatorFactory()

    assert join_requests.join_or_ask(kept, told, by) is None
    assert JoinRequest.objects.get().asked_by == by


def without_fees():
    """Nothing earns a fee here: what is told in confidence is all that comes along."""
    Activity.objects.update(fee_pence=None)
    Registration.objects.update(fee_pence=None)
    Conversation.objects.update(fee_pence=None)


def who_sees_what_is_told():
    person = CoordinatorFactory()
    person.groups.add(Group.objects.get(name="Who sees what is told in confidence"))
    return person


@pytest.mark.parametrize(("what", "alone"), [("conversation", 1), ("needs", 1), ("payment", 0)])
def test_who_sees_what_is_told_in_confidence_takes_that_along_alone_but_no_money(what, alone):
    kept, gone = PersonFactory(), PersonFactory()
    has(what, gone)
    without_fees()

    post(who_sees_what_is_told(), kept, gone)

    assert RecordJoin.objects.count() == alone


def test_today_shows_what_waits_for_a_colleague(told):
    kept = PersonFactory(name="Ann")
    join_requests.ask(kept, told, CoordinatorFactory(name="Jo"))

    lines = [
        line.words for section in today.sections(CoordinatorFactory()) for line in section.lines
    ]

    assert "Jo asks a colleague: are these two records both Ann’s?" in lines


# who: (what they get to GET, to POST, and how many records are joined by it)
ACCESS = {
    "coordinator": (200, 302, 0),
    "second coordinator": (200, 302, 1),
    "the one who asked": (200, 302, 0),
    "Finance": (403, 403, 0),
    "Safeguarding leads": (403, 403, 0),
    "Who sees what is told in confidence": (403, 403, 0),
    "without a second factor": (302, 302, 0),
    "member": (302, 302, 0),
    "the one it is about": (302, 302, 0),
    "visitor": (302, 403, 0),  # what was sent is shown back
}


def people_of_the_table(kept, told, who):
    """A browser of theirs; where a colleague has asked already, a request is there."""
    asks = CoordinatorFactory()
    if who in {"second coordinator", "the one who asked"}:
        join_requests.ask(kept, told, asks)
    if who == "visitor":
        return browser_of()
    if who in {"member", "the one it is about"}:
        return browser_of(told if who == "the one it is about" else PersonFactory())
    person = asks if who == "the one who asked" else CoordinatorFactory()
    if "oordinator" not in who and who not in {"the one who asked", "without a second factor"}:
        person.groups.set([Group.objects.get(name=who)])
    return browser_of(person, second_factor=who != "without a second factor")


@pytest.mark.parametrize("who", ACCESS)
def test_each_person_reaches_of_a_join_what_the_table_says(told, who):
    kept = PersonFactory()
    browser = people_of_the_table(kept, told, who)

    seen = browser.get(address_of(kept, told, looking=True)).status_code
    done = browser.post(address_of(kept, told), {"other": told.pk, "keep": kept.pk}).status_code

    assert (seen, done, RecordJoin.objects.count()) == ACCESS[who]


# It counts as a look, and both are told


def test_join_counts_as_a_look_by_both_colleagues(told):
    row = join(PersonFactory(), told)

    seen = confidential.looks_at(row.kept.conversations.get())

    assert {look.who for look in seen} == {
        f"by {person} from our team" for person in (row.joined_by, row.confirmed_by)
    }
    assert all(look.in_a_join for look in seen)


def test_join_stands_in_what_happened_with_a_booking_that_has_needs(client):
    kept, gone = PersonFactory(), PersonFactory()
    has("needs", gone)
    row = join(kept, gone)
    client.force_login(kept)

    page = client.get(kept.registrations.get().get_absolute_url()).content.decode()

    assert f"joined two records of yours, with what they told us, by {row.joined_by}" in page


def test_both_addresses_are_told_of_a_join_and_of_its_end(outbox):
    kept, gone = PersonFactory(email="ann@example.org"), PersonFactory(email="anne@example.org")
    row = join(kept, gone)
    mail.send_due()
    joined_to = {letter.to[0] for letter in outbox}

    undo(row)
    mail.send_due()

    assert joined_to == {"ann@example.org", "anne@example.org"}
    assert sorted(letter.to[0] for letter in outbox) == sorted([*joined_to, *joined_to])
    subjects = {letter.subject for letter in outbox}
    assert subjects == {"Two records were joined", "Two records are two again"}


def test_mail_to_the_other_address_says_nothing_of_the_record_that_is_kept(outbox):
    join(PersonFactory(name="Ann", email="ann@example.org"), PersonFactory(email="x@example.org"))

    mail.send_due()

    (letter,) = [letter for letter in outbox if letter.to == ["x@example.org"]]
    assert "Ann" not in letter.body and "ann@example.org" not in letter.body


def test_person_without_email_whose_record_gets_an_address_is_rung_all_the_same():
    kept = PhonePersonFactory()

    join(kept, PersonFactory())

    told = Message.objects.filter(kind="records_joined", person=kept)
    assert sorted(told.values_list("channel", flat=True)) == ["email", "phone"]


def test_number_of_an_emptied_record_is_rung_too():
    kept, gone = PhonePersonFactory(), PhonePersonFactory(phone="+442079460999")

    join(kept, gone)

    assert "020 7946 0999" in FollowUp.objects.get(person=kept).what
