"""Where nobody has shown that they read the old address, a change waits three days."""

from datetime import timedelta

import pytest
from django.urls import reverse

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import AddressChange, FollowUp, Person
from collective.models.address_change import STEPS, State
from collective.people import address_changes, email_change, sign_in
from collective.safety import emptied
from tests.factories import PersonFactory
from tests.messages import kinds, path_of
from tests.payments.test_steps import takes
from tests.signed_in import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
PAGE = "/me/email/"


@pytest.fixture
def sam(early):
    return PersonFactory(name="Sam", email="old@example.org")


def begin(person, email="new@example.org", by=None):
    asked = email_change.ask(person, email, "203.0.113.1")
    return address_changes.begin(asked, asked.code, by)


def stop_link(outbox):
    """The path of the link that stops it, in the mail to the old address."""
    mail.send_due()
    body = next(letter.body for letter in outbox if letter.to == ["old@example.org"])
    word = next(word for word in body.split() if "/email-changes/" in word)
    return path_of(word.strip("<>():."))


def test_nothing_changes_until_it_is_due(sam, outbox, early):
    begin(sam)
    early.shift(timedelta(hours=72) - timedelta(seconds=1))

    assert address_changes.apply_all_due() == (0, 0)
    sam.refresh_from_db()
    assert sam.email == "old@example.org"


def test_once_it_is_due_it_changes_once_and_sessions_end(sam, outbox, early):
    begin(sam)
    early.shift(timedelta(hours=72))
    browser = browser_of(sam, second_factor=False)

    runs = [address_changes.apply_all_due() for _ in range(2)]

    sam.refresh_from_db()
    assert (runs, sam.email) == ([(1, 1), (0, 0)], "new@example.org")
    assert browser.get("/me/data/").status_code == 302


def test_both_addresses_are_told_before_and_after(sam, outbox, early):
    begin(sam)
    mail.send_due()
    before = {letter.to[0] for letter in outbox[1:]}
    early.shift(timedelta(hours=72))
    address_changes.apply_all_due()
    mail.send_due()

    assert (
        before == {letter.to[0] for letter in outbox[3:]} == {"old@example.org", "new@example.org"}
    )


def test_opening_the_link_to_stop_it_changes_nothing(client, sam, outbox):
    change = begin(sam)

    page = client.get(stop_link(outbox)).content.decode()

    change.refresh_from_db()
    assert "Yes, keep it as it is" in page and change.state == State.WAITING


def test_button_stops_it_ends_every_session_and_staff_hear_of_it(client, sam, outbox, early):
    begin(sam)
    browser = browser_of(sam, second_factor=False)
    client.post(stop_link(outbox))
    early.shift(timedelta(hours=73))

    assert address_changes.apply_all_due() == (0, 0)
    assert browser.get("/me/data/").status_code == 302
    assert FollowUp.objects.get().what == address_changes.STOPPED_BY_OLD


def test_person_who_is_signed_in_stops_it_and_nobody_has_to_look_into_it(client, sam, outbox):
    change = begin(sam)
    client.force_login(sam)

    page = client.post(PAGE, {"stop": "yes"}, follow=True).content.decode()

    change.refresh_from_db()
    assert (change.state, FollowUp.objects.count()) == (State.STOPPED, 0)
    assert "Your address stays as it is" in page and client.get(PAGE).status_code == 200


def test_link_to_stop_it_with_another_key_is_not_found(client, sam, outbox):
    address = reverse("stop_address_change", args=[begin(sam).pk])

    assert client.post(f"{address}?key=x").status_code == 404


def test_link_says_when_it_is_too_late(client, sam, outbox, early):
    begin(sam)
    link = stop_link(outbox)
    early.shift(timedelta(hours=72))
    address_changes.apply_all_due()

    assert "changed already" in client.post(link).content.decode()


def test_new_address_signs_nobody_in_meanwhile_and_makes_no_second_record(sam, outbox):
    begin(sam)
    asked = sign_in.ask_for_code("new@example.org", "203.0.113.2")

    with pytest.raises(RuleError, match="This address becomes yours on Sunday"):
        sign_in.check_code([asked], asked.code)

    assert not Person.objects.filter(email="new@example.org").exists()


def test_only_one_change_waits(sam, outbox):
    begin(sam)

    with pytest.raises(RuleError, match="Another change waits"):
        begin(sam, "third@example.org")


def test_change_with_both_codes_ends_the_one_that_waits(sam, outbox):
    change = begin(sam)
    old = email_change.ask_old(sam, "203.0.113.1")
    new = email_change.ask(sam, "third@example.org", "203.0.113.1")
    email_change.change(new, new.code, old.code)

    change.refresh_from_db()
    assert change.state == State.ENDED


def test_address_that_another_record_takes_meanwhile_is_not_taken_and_staff_are_told(
    sam, outbox, early
):
    change = begin(sam)
    PersonFactory(email="new@example.org")
    early.shift(timedelta(hours=72))

    assert address_changes.apply_all_due() == (1, 0)
    sam.refresh_from_db()
    change.refresh_from_db()
    assert (sam.email, change.state) == ("old@example.org", State.ENDED)
    assert FollowUp.objects.get().what == address_changes.TAKEN_MEANWHILE


def test_record_that_was_joined_meanwhile_is_left_alone(sam, outbox, early):
    change = begin(sam)
    emptied.look_now()
    Person.objects.filter(pk=sam.pk).update(
        joined_into=PersonFactory(), email=None, is_active=False
    )
    early.shift(timedelta(hours=72))

    address_changes.apply_all_due()

    change.refresh_from_db()
    assert change.state == State.ENDED


def test_waiting_mails_are_dropped_once_it_is_stopped(sam, outbox):
    address_changes.stop(begin(sam))

    mail.send_due()

    assert [letter.subject for letter in outbox] == ["Your code to change an email address"]


@pytest.mark.parametrize("state", State)
def test_change_of_an_address_takes_the_steps_of_its_table_and_no_other(sam, state):
    row = AddressChange.objects.create(
        person=sam, email="new@example.org", state=state, due_at=clock.now()
    )

    assert {other for other in State if other != state and takes(row, other)} == set(STEPS[state])


# The pages


def test_member_who_cannot_read_the_old_address_changes_it_in_three_days(client, member, outbox):
    client.post(PAGE, {"email": "new@example.org"})
    code = email_change.newest(member).code

    page = client.post(PAGE, {"code": code, "cannot_read": "on"}, follow=True).content.decode()

    change = address_changes.waiting(member)
    assert (change.due_at, change.asked_by) == (clock.now() + timedelta(hours=72), None)
    assert "it becomes new@example.org" in " ".join(page.split())


def test_without_the_old_code_or_the_tick_the_page_says_what_to_do(client, member, outbox):
    client.post(PAGE, {"email": "new@example.org"})

    page = client.post(PAGE, {"code": email_change.newest(member).code}).content.decode()

    assert "tick that below" in page and address_changes.waiting(member) is None


@pytest.fixture
def staff_page(sam):
    return reverse("admin:collective_person_email", args=[sam.pk])


def test_staff_who_change_an_address_wait_and_both_are_told(
    client, coordinator, sam, staff_page, outbox
):
    client.post(staff_page, {"email": "new@example.org"})
    client.post(staff_page, {"code": email_change.newest(sam).code})

    sam.refresh_from_db()
    change = address_changes.waiting(sam)
    assert (sam.email, change.asked_by) == ("old@example.org", coordinator)
    assert (kinds()["address_waits"], kinds()["address_waits_old"]) == (1, 1)


def test_staff_can_stop_it(client, coordinator, sam, staff_page, outbox):
    change = begin(sam, by=coordinator)

    page = client.get(staff_page).content.decode()
    client.post(staff_page, {"stop": "Stop that"})

    change.refresh_from_db()
    assert 'value="Stop that"' in page and change.state == State.STOPPED


@pytest.mark.parametrize(("age", "left"), [(timedelta(0), 1), (timedelta(seconds=1), 0)])
def test_change_that_is_over_goes_after_three_months(sam, outbox, early, age, left):
    change = begin(sam)
    address_changes.stop(change)
    begin(sam, "third@example.org")
    early.move_to(change.due_at + address_changes.KEEP + age)

    address_changes.forget_old()

    assert AddressChange.objects.filter(pk=change.pk).count() == left
    assert address_changes.waiting(sam) is not None
