"""A clock was an hour ahead and is right again: what it wrote hides nothing and stops nothing."""

from datetime import timedelta

import pytest

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Message, SignIn, SweepRun
from collective.people import sign_in_limits
from collective.people.sign_in_limits import Asking
from payments.models import PaymentRules, PayoutAttempt, StripeEvent
from payments.models.payout_attempt import LONGEST_WAIT
from payments.sending import payouts, webhooks
from policy_drafts.desk import work
from policy_drafts.drafts import files
from policy_drafts.models.leased import LONGEST_LEASE
from tests.factories import PaymentFactory, PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("community")]
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def ahead(early):
    """The clock is an hour ahead; `ahead.shift(-HOUR)` puts it right."""
    early.shift(HOUR)
    return early


def run_every_sweep():
    for name in sweeps.names():
        SweepRun.objects.create(name=name, finished_at=clock.now())


def test_dead_workers_are_seen_as_soon_as_the_clock_is_right(ahead):
    run_every_sweep()
    ahead.shift(-HOUR)

    assert sweeps.late() == sweeps.names()


def test_sweeps_run_at_their_pace_after_the_clock_was_put_right(ahead, monkeypatch):
    run_every_sweep()
    ahead.shift(-HOUR)
    monkeypatch.setattr(sweeps, "_sweeps", {"one": sweeps.Sweep("one", lambda: (0, 0), HOUR)})
    SweepRun.objects.create(name="one", started_at=clock.now() + HOUR)
    sweeps.run_all(), sweeps.run_all()

    assert SweepRun.objects.until(clock.now()).filter(name="one").count() == 1


@pytest.mark.parametrize("wrong", [HOUR, -HOUR])
def test_machine_with_a_wrong_clock_dates_its_runs_by_the_clock_of_the_database(
    early, monkeypatch, wrong
):
    right = clock.now() - wrong
    monkeypatch.setattr(clock, "of_database", lambda: right)

    assert sweeps.run("messages").started_at == right
    assert "messages" not in sweeps.late()


def message(**more):
    mail.tell(PersonFactory(email="ann@example.org"), "sign_up_open", PersonFactory(), **more)
    return Message.objects.get()


def due():
    return Message.objects.due(clock.now()).count()


def test_mail_that_was_written_meanwhile_goes_out_at_once(ahead):
    message()
    ahead.shift(-HOUR)

    assert due() == 1


def test_mail_for_later_still_waits(ahead):
    message(due_at=clock.now() + 5 * HOUR)
    ahead.shift(-HOUR)

    assert due() == 0


def test_mail_in_the_hands_of_a_sender_that_died_is_free_within_the_lease(ahead):
    row = message()
    mail._claim(Message.objects.filter(pk=row.pk))
    ahead.shift(-HOUR)

    assert due() == 1


def test_sender_whose_clock_is_a_minute_ahead_keeps_its_lease(early):
    row = message()
    early.shift(MINUTE)
    mail._claim(Message.objects.filter(pk=row.pk))
    early.shift(-MINUTE)

    assert due() == 0


def test_failed_mail_is_tried_again_within_half_an_hour(ahead):
    row = message()
    mail._failed(mail._claim(Message.objects.filter(pk=row.pk)), ConnectionError())
    Message.objects.update(created_at=clock.now() - 2 * HOUR)
    ahead.shift(-HOUR)

    assert due() == 1


def test_codes_that_were_asked_for_meanwhile_use_up_no_limit(ahead):
    asking = Asking(email="ann@example.org", network="n")
    SignIn.objects.bulk_create(
        [SignIn(email=asking.email, network="n") for _ in range(sign_in_limits.MOST_AN_ADDRESS)]
    )
    with pytest.raises(RuleError):
        sign_in_limits.check_mail(asking)
    ahead.shift(-HOUR)

    sign_in_limits.check_mail(asking)


def test_work_of_the_desk_has_no_longer_lease_than_is_believed():
    assert max(work.LEASE, files.LEASE) <= LONGEST_LEASE


@pytest.fixture
def attempt(ahead):
    payment = PaymentFactory()
    return PayoutAttempt.objects.create(
        payment=payment, method="stripe", amount_pence=payment.amount_pence, request={}
    )


def test_payout_that_was_begun_meanwhile_is_sent_at_once(ahead, attempt):
    ahead.shift(-HOUR)

    assert PayoutAttempt.objects.due(clock.now()).get() == attempt


def test_payout_in_the_hands_of_a_worker_that_died_is_free_within_the_lease(ahead, attempt):
    payouts._write_that_it_is_called(attempt, clock.now())
    PayoutAttempt.objects.update(next_try_at=clock.now() - 2 * HOUR)
    assert not PayoutAttempt.objects.due(clock.now()).exists()
    ahead.shift(-HOUR)

    assert PayoutAttempt.objects.due(clock.now()).exists()


def test_payout_that_waits_for_its_next_try_still_waits(ahead, attempt):
    PayoutAttempt.objects.update(tries=1, next_try_at=clock.now() + LONGEST_WAIT - HOUR)
    ahead.shift(-HOUR)

    assert not PayoutAttempt.objects.due(clock.now()).exists()


def test_event_of_stripes_that_came_meanwhile_is_looked_at(ahead):
    StripeEvent.objects.create(event_id="evt_1", type="x", received_at=clock.now())
    ahead.shift(-HOUR)

    assert webhooks.handle_all() == (1, 1)


def test_missing_money_is_looked_for_again(ahead, stripe):
    PaymentRules.note(short_tried_at=clock.now(), short_of_pence=0)
    ahead.shift(-HOUR)

    assert payouts._may_try_again()
