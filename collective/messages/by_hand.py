"""What staff tell somebody themselves: by phone with the wording to read out, or by post with a
letter to print.

Each is a `Message` whose channel is not email. It is done when somebody marks it told; what is no
longer true goes by itself. A mail that came to nobody can become such a task.
"""

from datetime import datetime, timedelta

from django.db import transaction

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Message, Person

TRY_AGAIN_IN = timedelta(hours=2)
State = Message.State


def wording(message: Message):
    """(letter, HTML) to read out or print; None if it is no longer true, and then the task is
    dropped.
    """
    letter = mail.letter_of(message)
    if letter is None:
        drop([message.pk])
        return None
    return letter, mail.render(message, letter, message.channel)


def drop(keys: list[int]) -> int:
    """Take away tasks that are no longer true; returns how many."""
    return (
        Message.objects.by_hand()
        .filter(pk__in=keys, state=State.WAITING)
        .update(state=State.DROPPED)
    )


@transaction.atomic
def mark_told(message: Message, by: Person) -> bool:
    """Note who told it, and start what waits for it (an offer's time).

    Asked twice, it does nothing more.
    """
    after = mail.kind_of(message).when_told
    if after:
        after(message)
    told = Message.objects.by_hand().filter(pk=message.pk, state=State.WAITING)
    return told.update(state=State.SENT, sent_at=clock.now(), told_by=by) == 1


@transaction.atomic
def not_told_after_all(message: Message) -> None:
    """Undo: it is a task again. Raises RuleError where it is no longer true."""
    _check_true(message)
    _hold(message)
    told = Message.objects.by_hand().filter(pk=message.pk, state=State.SENT)
    if not told.update(state=State.WAITING, sent_at=None, told_by=None):
        raise RuleError("Somebody has undone this already.")


def _check_true(message: Message) -> None:
    if mail.letter_of(message) is None:
        raise RuleError("This is no longer true, so there is nothing to tell any more.")


def no_answer(message: Message) -> datetime:
    """Nobody answered the phone: it comes back in two hours, or when half of the time left is
    over.
    """
    left = message.not_after - clock.now() if message.not_after else TRY_AGAIN_IN * 2
    due_at = clock.now() + min(TRY_AGAIN_IN, max(left, timedelta(0)) / 2)
    waiting = Message.objects.by_hand().filter(pk=message.pk, state=State.WAITING)
    waiting.update(due_at=due_at, attempts=message.attempts + 1)
    return due_at


@transaction.atomic
def tell_by_hand(message: Message) -> None:
    """A mail that came to nobody becomes a task.

    Raises RuleError where there is nobody or nothing to tell.
    """
    if message.person is None:
        raise RuleError(
            "This went to an address that is no person's here, so there is nobody to ring."
        )
    failed = Message.objects.failed().filter(pk=message.pk, channel=Message.Channel.EMAIL)
    if not failed.exists():
        raise RuleError("Only a mail that failed can be told by phone.")
    message.channel = message.person.channel_by_hand
    _check_true(message)
    _hold(message)
    if not failed.update(
        state=State.WAITING, channel=message.channel, due_at=clock.now(), attempts=0
    ):
        raise RuleError("Somebody has done this already.")


def _hold(message: Message) -> None:
    before = mail.kind_of(message).when_by_hand
    if before:
        before(message)


def came_back(message: Message) -> None:
    """A mail that the server took came back: note it as failed, so that somebody sees it."""
    sent = Message.objects.filter(pk=message.pk, channel=Message.Channel.EMAIL, state=State.SENT)
    if not sent.update(state=State.FAILED, error="It came back (noted by staff)."):
        raise RuleError("Only a mail that was sent can come back.")


def told_at_once(about, by: Person, kinds) -> int:
    """Whoever is on the phone has just heard it: these messages about the row are done; returns how
    many.
    """
    tasks = Message.objects.by_hand().filter(about=about.pk, kind__in=kinds, state=State.WAITING)
    return sum(mark_told(message, by) for message in tasks)


def drop_untrue():
    """The sweep: tasks that are no longer true, or too late, go by themselves; returns (seen,
    done).
    """
    tasks = list(Message.objects.tasks(clock.now()).select_related("person")[:500])
    return sweeps.each([(message,) for message in tasks], _drop_if_untrue)


def _drop_if_untrue(message: Message) -> int:
    return drop([message.pk]) if mail.letter_of(message) is None else 0


def rechannel(person: Person) -> None:
    """Their ways have changed: what waits to be told by one that is gone takes another.

    An offer's time goes along.
    """
    for message in Message.objects.filter(person=person, state=State.WAITING, address=""):
        by_mail = message.channel == Message.Channel.EMAIL
        if by_mail and not person.mail_address:
            _to_hand(message, person)
        elif (
            not by_mail
            and not person.is_told_by_hand
            and not (person.phone or person.postal_address)
        ):
            to_mail(message)


def _to_hand(message: Message, person: Person) -> None:
    try:
        _hold(message)
    except RuleError:  # an offer that has ended: nothing to tell
        Message.objects.filter(pk=message.pk).update(state=State.DROPPED)
    else:
        Message.objects.filter(pk=message.pk).update(channel=person.channel_by_hand)


def to_mail(message: Message) -> None:
    """A task becomes a mail; what waits for it (an offer's time) begins."""
    after = mail.kind_of(message).when_told
    if after:
        after(message)
    waiting = Message.objects.by_hand().filter(pk=message.pk, state=State.WAITING)
    waiting.update(channel=Message.Channel.EMAIL, created_at=clock.now(), attempts=0)
