"""Acting row by row: one that fails stops no other, and the counts are true when it breaks off."""

import itertools

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from collective.background import sweeps
from collective.messages import follows, mail
from collective.models import Activity, SweepRun
from portal.today import mail as today_mail
from tests.factories import (
    KICK_OFF,
    CoordinatorFactory,
    FollowFactory,
    SessionFactory,
)
from tests.messages import kinds

KEYS = [(1,), (2,), (3,)]


def fails_for(wanted, error=ValueError):
    """An act that fails for this key and counts one for every other."""

    def act(key):
        if key == wanted:
            raise error("no")
        return 1

    return act


def test_each_key_is_seen_and_what_was_done_is_added_up():
    assert sweeps.each(KEYS, lambda key: key) == (3, 6)


def test_one_that_fails_stops_no_other_and_is_raised_with_the_numbers():
    with pytest.raises(ValueError, match="no") as raised:
        sweeps.each(KEYS, fails_for(1))

    assert raised.value.__notes__ == ["Of 3 that were seen, 2 were done."]


def test_keys_past_the_longest_time_are_not_counted_as_seen(monkeypatch):
    monkeypatch.setattr("collective.background.sweeps.time.monotonic", itertools.count().__next__)

    assert sweeps.each(KEYS, lambda key: 1, longest=2) == (2, 2)


def test_time_limit_of_the_worker_ends_it_at_once():
    done = []

    def act(key):
        done.append(key)
        raise SoftTimeLimitExceeded

    with pytest.raises(SoftTimeLimitExceeded):
        sweeps.each(KEYS, act)

    assert done == [1]


@pytest.mark.django_db
def test_run_says_how_many_were_done_before_it_failed(monkeypatch):
    broken = sweeps.Sweep("broken", lambda: sweeps.each(KEYS, fails_for(2)), None)
    monkeypatch.setitem(sweeps._sweeps, "broken", broken)

    sweeps.run("broken")

    assert SweepRun.objects.get().error == "ValueError: no\nOf 3 that were seen, 2 were done."


@pytest.mark.django_db
def test_news_that_cannot_be_told_keeps_no_other_from_being_told(early, monkeypatch):
    broken, good = SessionFactory(title="Broken"), SessionFactory()
    follow = FollowFactory(activity=good)
    news_of = follows._news_of
    monkeypatch.setattr(
        follows, "_news_of", lambda row: news_of(row) if row.pk != broken.pk else 1 / 0
    )

    with pytest.raises(ZeroDivisionError):
        follows.announce_all()

    assert kinds(follow.person) == {"sign_up_open": 1}
    assert Activity.objects.get(pk=broken.pk).opening_told_at is None


@pytest.mark.django_db
def test_staff_whose_mail_cannot_be_written_keep_no_colleague_from_theirs(early, monkeypatch):
    early.move_to(KICK_OFF)
    one, other = CoordinatorFactory(), CoordinatorFactory()
    tell = mail.tell
    monkeypatch.setattr(
        mail, "tell", lambda to, *rest, **more: tell(to, *rest, **more) if to != one else 1 / 0
    )

    with pytest.raises(ZeroDivisionError):
        today_mail.tell_staff()

    assert (kinds(one), kinds(other)) == ({}, {"staff_today": 1})
