"""Sweeps of conversations: one row that fails keeps no other from being done."""

from datetime import timedelta

import pytest

from collective import clock
from collective.messages import mail
from events.conversations import confidential, outcomes, reminders
from events.conversations.times import first_choice, new_times, opening, wishes
from events.models import Conversation, PassedOn, TimeRequest
from events.models.conversation_states import State
from tests.factories import (
    KICK_OFF,
    CallFactory,
    FollowFactory,
    PersonFactory,
    SeriesFactory,
    book,
    slot_of,
    slots_of,
)


class Failure(Exception):
    pass


def failing_once(monkeypatch, module, name):
    """The first call of this function fails; the others do what they did."""
    act, calls = getattr(module, name), []

    def failing(*args, **kwargs):
        calls.append(args)
        if len(calls) == 1:
            raise Failure
        return act(*args, **kwargs)

    failing.__name__ = name
    monkeypatch.setattr(module, name, failing)


@pytest.fixture
def series(db, early):
    return SeriesFactory()


def test_time_that_cannot_be_released_keeps_no_other_from_being_free_again(
    series, early, monkeypatch
):
    for slot in slots_of(series, 3):
        first_choice.keep_for(PersonFactory(), slot)
    early.shift(timedelta(hours=49))
    failing_once(monkeypatch, first_choice, "let_go")

    with pytest.raises(Failure):
        first_choice.release_lapsed()

    assert series.slots.filter(kept_for=None).count() == 2
    assert first_choice.release_lapsed() == (1, 1)


def test_one_conversation_whose_words_cannot_be_removed_keeps_no_others(series, early, monkeypatch):
    for slot in slots_of(series, 3):
        book(slot)
    early.move_to(KICK_OFF + timedelta(days=40))
    failing_once(monkeypatch, confidential, "_forget_told")

    with pytest.raises(Failure):
        confidential.forget_told()

    assert Conversation.objects.filter(topics=None).count() == 2


def test_one_note_that_cannot_be_removed_keeps_no_others(series, early, monkeypatch):
    for slot in slots_of(series, 3):
        Conversation.objects.filter(pk=book(slot).pk).update(note="quokka")
    series.call.finished_at = clock.now()
    series.call.save()
    failing_once(monkeypatch, confidential, "_forget_notes")

    with pytest.raises(Failure):
        confidential.forget_notes()

    assert Conversation.objects.filter(note=None).count() == 2


def test_what_was_passed_on_goes_where_the_note_was_emptied_before(series, early):
    conversation = book(slot_of(series))
    PassedOn.objects.create(
        conversation=conversation,
        details={"to_whom": "okapi"},
        passed_on_at=clock.now(),
        noted_by=series.host,
    )
    series.call.finished_at = clock.now()
    series.call.save()

    assert [confidential.forget_notes(), confidential.forget_notes()] == [(1, 1), (0, 0)]

    assert PassedOn.objects.get().details is None


def test_wishes_go_thirty_days_after_their_answer(series, early):
    wishes.ask(series, PersonFactory(), "Mondays")
    wishes.withdraw(wishes.ask(series, PersonFactory(), "Sundays"))
    early.shift(timedelta(days=30, seconds=1))

    assert confidential.forget_wishes() == (1, 1)

    assert TimeRequest.objects.get().wish == "Mondays"


def test_wishes_go_when_the_call_is_finished(series, early):
    wishes.ask(series, PersonFactory(), "Mondays")
    series.call.finished_at = clock.now()
    series.call.save()

    assert [confidential.forget_wishes(), confidential.forget_wishes()] == [(1, 1), (0, 0)]


def test_one_reminder_that_fails_keeps_no_others(series, early, monkeypatch):
    for number in range(2):
        book(slot_of(series, KICK_OFF + timedelta(hours=3 * number)))
    early.move_to(KICK_OFF - timedelta(hours=20))
    failing_once(monkeypatch, mail, "tell")

    with pytest.raises(Failure):
        reminders.remind_all()

    assert reminders.remind_all() == (1, 1)


def test_one_series_whose_hours_cannot_reach_ahead_keeps_no_others(series, early, monkeypatch):
    both = [series, SeriesFactory()]
    for row in both:
        row.hours.create(weekday=KICK_OFF.weekday(), from_time="09:00", until_time="12:00")
    failing_once(monkeypatch, opening, "apply")

    with pytest.raises(Failure):
        opening.extend_all()

    assert sum(row.slots.exists() for row in both) == 1


def test_one_series_whose_followers_cannot_be_told_keeps_no_others(series, early, monkeypatch):
    for row in (series, SeriesFactory()):
        FollowFactory(activity=row, call=None)
        slot_of(row)
        new_times.note_new_times(row)
    failing_once(monkeypatch, mail, "tell_all")

    with pytest.raises(Failure):
        new_times.tell_all()

    assert new_times.tell_all() == (1, 1)


def test_one_small_fee_that_cannot_be_settled_keeps_no_others(db, early, monkeypatch):
    series = SeriesFactory(call=CallFactory(pay_rule="small_fee_only"))
    rows = [book(slot).pk for slot in slots_of(series, 2)]
    Conversation.objects.filter(pk__in=rows).update(state=State.HELD)
    failing_once(monkeypatch, outcomes, "_settle_one_left_out")

    with pytest.raises(Failure):
        outcomes.settle_left_out()

    assert outcomes.settle_left_out() == (1, 1)
