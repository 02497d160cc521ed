"""The mail about a join says who did it and what came along, and its link parts the records."""

from datetime import timedelta

import pytest
from django.urls import reverse

from collective import clock
from collective.messages import addresses, mail
from collective.models import FollowUp, Person, RecordJoin
from collective.models.record_join import UNDO_WITHIN
from collective.people import join_requests, record_joins
from portal.my_data import my_data
from portal.today import sections as today
from tests.factories import (
    CoordinatorFactory,
    PaymentFactory,
    PersonFactory,
    SeriesFactory,
    SessionFactory,
    book,
    sign_up,
    slot_of,
)
from tests.joining import join, undo
from tests.signed_in import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


@pytest.fixture
def amina():
    """Somebody with a conversation, a place and a payment."""
    person = PersonFactory(name="Amina", email="amina@example.org")
    book(slot_of(SeriesFactory()), person)
    sign_up(SessionFactory(), person, access_needs={"choices": ["captions"], "notes": ""})
    PaymentFactory(person=person)
    return person


@pytest.fixture
def taken(amina):
    """Two colleagues have joined her record into one of somebody they know."""
    jo, kim = CoordinatorFactory(name="Jo"), CoordinatorFactory(name="Kim")
    kept = PersonFactory(name="Mallory", email="mallory@example.org")
    return record_joins.join(kept, amina, jo, confirmed_by=kim)


def link_of(row):
    return addresses.part_records(row)


def mail_to_amina(outbox):
    mail.send_due()
    (letter,) = [letter for letter in outbox if letter.to == ["amina@example.org"]]
    return " ".join(letter.body.split())


def test_mail_to_the_emptied_record_says_who_did_it_and_what_came_along(taken, outbox):
    body = mail_to_amina(outbox)

    assert "Jo from our team joined them, and Kim from our team confirmed it." in body
    for words in (
        "Sign-ups for sessions: 1.",
        "What was told there in confidence",
        "Conversations: 1, with what was told in confidence.",
        "Payments: 1.",
    ):
        assert words in body
    assert link_of(taken) in body and "Mallory" not in body


def test_page_behind_the_link_changes_nothing_until_its_button_is_pressed(client, amina, taken):
    client.get(link_of(taken))
    before = RecordJoin.objects.get().undone_at

    client.post(link_of(taken))

    amina.refresh_from_db()
    assert (before, RecordJoin.objects.get().undone_at) == (None, clock.now())
    assert (amina.email, amina.conversations.count(), amina.registrations.count()) == (
        "amina@example.org",
        1,
        1,
    )


def test_link_signs_out_everywhere(client, taken):
    mallory = browser_of(Person.objects.get(pk=taken.kept_id), second_factor=False)

    client.post(link_of(taken))

    assert mallory.get(reverse("me")).status_code == 302


def test_link_tells_staff_on_today(client, amina, taken):
    client.post(link_of(taken))

    lines = [
        line.words for section in today.sections(CoordinatorFactory()) for line in section.lines
    ]
    assert "Amina" in lines
    assert "joined by Jo, confirmed by Kim" in FollowUp.objects.get(person=amina).what


def test_link_works_for_three_days_and_then_asks_to_call(client, taken, early):
    early.shift(UNDO_WITHIN)
    record_joins.forget_old()

    page = client.post(link_of(taken)).content.decode()

    assert (UNDO_WITHIN, RecordJoin.objects.get().undone_at) == (timedelta(hours=72), None)
    assert "Please call us" in page


def test_link_pressed_twice_parts_once(client, taken):
    client.post(link_of(taken))

    page = client.post(link_of(taken)).content.decode()

    assert "They are two records again" in page
    assert FollowUp.objects.count() == 1


def test_link_with_a_wrong_key_leads_nowhere_about_joins(client, taken):
    assert client.post(reverse("part_records", args=[taken.pk]) + "?key=x").status_code == 404


def test_link_does_not_part_somebody_who_is_on_the_team_by_now(client, taken):
    Person.objects.filter(pk=taken.kept_id).update(is_staff=True)

    page = client.post(link_of(taken)).content.decode()

    assert (RecordJoin.objects.get().undone_at, "Please call us" in page) == (None, True)


def test_who_asked_confirmed_and_undid_a_join_stands_on_both_data_pages(amina, taken):
    record_joins.undo(taken, CoordinatorFactory(name="Lou"))

    for person in Person.objects.filter(pk__in=[taken.kept_id, amina.pk]):
        (row,) = my_data(person)["records joined"]
        names = [row[name] for name in ("asked by", "confirmed by", "parted by")]
        assert names == ["Jo", "Kim", "Lou"]


def test_acts_of_a_join_stand_in_what_our_team_did_for_both(amina):
    kept, (jo, kim) = PersonFactory(), (CoordinatorFactory(name=name) for name in ("Jo", "Kim"))
    page = reverse("admin:collective_person_join", args=[kept.pk])
    for colleague in (jo, kim):
        browser_of(colleague).post(page, {"other": amina.pk, "keep": kept.pk})
    act = reverse("admin:collective_person_act", args=[kept.pk, "undo_join"])
    browser_of(jo).post(act)

    for person in (kept, Person.objects.get(pk=amina.pk)):
        done = {(row["who"], row["what"]) for row in my_data(person)["what our team did"]}
        assert {
            ("Jo", "Asked a colleague to join two records of yours"),
            ("Kim", "Joined two records of yours"),
            ("Jo", "Undid the join"),
        } <= done


# What one colleague cannot do alone


@pytest.mark.parametrize("sort", ["session", "conversation"])
def test_place_for_which_a_fee_is_paid_needs_a_second_colleague(sort):
    gone = PersonFactory()
    if sort == "session":
        sign_up(SessionFactory(fee_pence=7500), gone)
    else:
        book(slot_of(SeriesFactory(fee_pence=2500)), gone)

    words = record_joins.needs_a_second(PersonFactory(), gone, sees_all())

    assert [line for line in words if "for which a fee is paid: 1." in line]


def sees_all():
    """Somebody who may see what is told in confidence, so that this alone asks nobody."""
    return CoordinatorFactory(is_superuser=True)


def test_place_without_a_fee_needs_nobody_else():
    gone = PersonFactory()
    sign_up(SessionFactory(fee_pence=None), gone)

    assert record_joins.needs_a_second(PersonFactory(), gone, sees_all()) == []


@pytest.mark.parametrize("keep", ["", "x", "0b0e7ff5-7f3c-4b52-8b7b-2a1a4f1a7c11"])
def test_join_that_names_no_record_to_keep_is_refused(keep):
    person, other = PersonFactory(), PersonFactory()
    page = reverse("admin:collective_person_join", args=[person.pk])

    answer = browser_of(CoordinatorFactory()).post(
        page, {"other": other.pk, "keep": keep}, follow=True
    )

    assert "Choose first which of the two records is kept" in answer.content.decode()
    assert RecordJoin.objects.count() == 0


def test_request_to_join_asked_before_the_person_asks_to_be_forgotten_is_not_confirmed(amina):
    asked = join_requests.ask(PersonFactory(), amina, CoordinatorFactory())
    amina.deletion_requests.create()

    with pytest.raises(record_joins.RuleError, match="Settle that first"):
        join_requests.confirm(asked, CoordinatorFactory())


def test_undone_by_staff_each_is_told_by_whom(amina, outbox):
    row = join(PersonFactory(), amina)
    mail.send_due()
    outbox.clear()
    undo(row)

    body = mail_to_amina(outbox)

    assert f"{RecordJoin.objects.get().undone_by} from our team has made them two again" in body


@pytest.mark.parametrize("is_kept", [True, False])
def test_record_with_an_open_request_is_not_joined(amina, is_kept):
    amina.deletion_requests.create()
    two = [amina, PersonFactory()] if is_kept else [PersonFactory(), amina]

    with pytest.raises(record_joins.RuleError, match="open request to forget Amina"):
        join(*two)
