"""Codes and addresses, when two things happen in the same moment."""

from threading import Barrier

import pytest

from collective import clock
from collective.errors import RuleError
from collective.models import AddressChange, FollowUp, Person, SignIn
from collective.people import address_changes, email_change, record_joins, sign_in, sign_in_limits
from tests.factories import CoordinatorFactory, PersonFactory
from tests.faults.test_places_at_once import at_once
from tests.payments.at_once import overtaken_by

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
AT_ONCE = 20


def outcome(act):
    """The name of what it raised, or "done"."""
    try:
        act()
    except RuleError as error:
        return type(error).__name__
    return "done"


def ask():
    return sign_in.ask_for_code("sam@example.org", "203.0.113.1")


def test_twenty_requests_at_once_send_as_many_codes_as_the_limit(community, outbox):
    answers = at_once([lambda: outcome(ask)] * AT_ONCE)

    assert answers.count("done") == SignIn.objects.count() == sign_in_limits.MOST_TOGETHER


def test_without_the_lock_there_would_be_more(community, outbox, monkeypatch):
    all_have_counted = Barrier(AT_ONCE)
    check_mail = sign_in_limits.check_mail

    def check_then_wait(asking):
        check_mail(asking)
        all_have_counted.wait(timeout=60)

    monkeypatch.setattr(sign_in_limits, "check_mail", check_then_wait)
    monkeypatch.setattr(sign_in, "_one_at_a_time", lambda email: None)
    at_once([lambda: outcome(ask)] * AT_ONCE)

    assert SignIn.objects.count() == AT_ONCE


def test_twenty_wrong_codes_at_once_are_five_tries(community, outbox):
    asked = ask()
    wrong = f"{(int(asked.code) + 1) % 1_000_000:06}"

    at_once([lambda: outcome(lambda: sign_in.prove([asked], wrong))] * AT_ONCE)

    asked.refresh_from_db()
    assert asked.wrong_codes == 5


def test_right_code_at_once_in_twenty_windows_is_used_once(community, outbox):
    asked = ask()

    answers = at_once([lambda: outcome(lambda: sign_in.prove([asked], asked.code))] * AT_ONCE)

    assert answers.count("done") == 1


def waiting_for(person, email="new@example.org"):
    return AddressChange.objects.create(person=person, email=email, due_at=clock.now())


def test_one_address_due_for_many_becomes_that_of_one(community, outbox):
    changes = [waiting_for(person) for person in PersonFactory.create_batch(AT_ONCE)]

    done = at_once([lambda row=row: address_changes.apply(row.pk) for row in changes])

    assert (sum(done), Person.objects.filter(email="new@example.org").count()) == (1, 1)
    states = sorted(AddressChange.objects.values_list("state", flat=True))
    assert states == ["done", *["ended"] * (AT_ONCE - 1)]
    assert FollowUp.objects.count() == AT_ONCE - 1


def test_one_change_that_is_due_in_many_sweeps_is_made_once(community, outbox):
    change = waiting_for(PersonFactory())

    assert sum(at_once([lambda: address_changes.apply(change.pk)] * AT_ONCE)) == 1


def test_of_many_changes_begun_at_once_one_waits(community, outbox):
    person = PersonFactory()
    asked = [
        SignIn.objects.create(email=f"new{number}@example.org", network="x", person=person)
        for number in range(AT_ONCE)
    ]

    answers = at_once(
        [lambda row=row: outcome(lambda: address_changes.begin(row, row.code)) for row in asked]
    )

    assert (answers.count("done"), AddressChange.objects.count()) == (1, 1)


def test_change_that_is_stopped_at_once_is_stopped_or_made_never_both(community, outbox):
    for _ in range(10):
        person = PersonFactory()
        change = waiting_for(person, f"new-{person.pk}@example.org")
        acts = [lambda c=change: address_changes.apply(c.pk), lambda c=change: stop(c)]

        made, stopped = at_once(acts)

        person.refresh_from_db()
        assert (made == 1) == (person.email == change.email) == (stopped != "done")


def stop(change):
    return outcome(lambda: address_changes.stop(change))


@pytest.fixture
def beside_a_join(community, outbox):
    """A record whose address changes while a colleague joins it into another."""
    kept, gone, colleague = PersonFactory(), PersonFactory(), CoordinatorFactory()

    def change():
        email_change.set_address(gone, "new@example.org", old=gone.email)

    return gone, lambda: record_joins.join(kept, gone, colleague), lambda: outcome(change)


def test_record_that_is_being_joined_gets_no_address(beside_a_join):
    gone, join, change = beside_a_join

    assert overtaken_by(join, change) == "RuleError"
    gone.refresh_from_db()
    assert (gone.email, gone.joined_into_id is None) == (None, False)


def test_without_the_second_look_it_would_get_one(beside_a_join, monkeypatch):
    gone, join, change = beside_a_join
    monkeypatch.setattr(email_change, "check_still", lambda person, old: None)

    overtaken_by(join, change)

    gone.refresh_from_db()
    assert gone.joined_into_id and gone.email == "new@example.org"
