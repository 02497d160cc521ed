"""What staff tell somebody themselves: by phone with words to read, or by post with a letter.

Each is a `Message` whose channel is not email. It is done when somebody marks it told; what is no
longer true goes by itself. A mail that came to nobody can become such a task.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Model
from django.utils.safestring import SafeString

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.messages import letters
from collective.messages.letters import Letter
from collective.models import Message, Person

A_BATCH = 500
TRY_AGAIN_IN = timedelta(hours=2)
State = Message.State


def wording(message: Message) -> tuple[Letter, SafeString] | None:
    """(letter, HTML) to read out or to print; None if no longer true: the sweep takes it away."""
    letter = letters.letter_of(message)
    if letter is None:
        return None
    return letter, letters.render(message, letter, message.channel)


def drop(keys: Iterable[int]) -> int:
    """Take away tasks that are no longer true; returns how many."""
    tasks = Message.objects.by_hand().filter(pk__in=keys, state=State.WAITING)
    return tasks.update(state=State.DROPPED)


@transaction.atomic
def mark_told(message: Message, by: Person) -> bool:
    """Note who told it, and start what waits for it (an offer's time).

    Asked twice, it does nothing more.
    """
    after = letters.kind_of(message).when_told
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
    if letters.letter_of(message) is None:
        raise RuleError("This is no longer true, so there is nothing to tell any more.")


def no_answer(message: Message) -> datetime:
    """Nobody answered the phone: it comes back in two hours, or after half of the time left."""
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
    task = {"state": State.WAITING, "channel": message.channel, "due_at": clock.now()}
    if not failed.update(**task, attempts=0):
        raise RuleError("Somebody has done this already.")


def _hold(message: Message) -> None:
    """Stop what waits for it (an offer's time) until it is told."""
    before = letters.kind_of(message).when_by_hand
    if before:
        before(message)


def came_back(message: Message) -> None:
    """Staff note that a mail which the server took came back, so that somebody rings.

    Raises RuleError for one that was not sent.
    """
    if not note_came_back(message, "It came back (noted by staff)."):
        raise RuleError("Only a mail that was sent can come back.")


def note_came_back(message: Message, why: str) -> bool:
    """Note as failed what the server took and gave back; False where it is noted already."""
    sent = Message.objects.filter(pk=message.pk, channel=Message.Channel.EMAIL, state=State.SENT)
    return sent.update(state=State.FAILED, error=why) == 1


def told_at_once(about: Model, by: Person, kinds: Iterable[str]) -> int:
    """The person on the phone has just heard it: these messages about the row are done.

    Returns how many.
    """
    tasks = Message.objects.by_hand().filter(about=about.pk, kind__in=kinds, state=State.WAITING)
    return sum(mark_told(message, by) for message in tasks)


def drop_untrue() -> sweeps.Counts:
    """The sweep: tasks that are no longer true, or too late, go by themselves; (seen, done)."""
    tasks = Message.objects.tasks(clock.now()).select_related("person")[:A_BATCH]
    return sweeps.each([(message,) for message in tasks], _drop_if_untrue)


def _drop_if_untrue(message: Message) -> int:
    return drop([message.pk]) if letters.letter_of(message) is None else 0


def rechannel(person: Person) -> None:
    """Their ways have changed: what waits to be told by one that is gone takes another.

    An offer's time goes along.
    """
    for message in Message.objects.filter(person=person, state=State.WAITING, address=""):
        is_mail = message.channel == Message.Channel.EMAIL
        if is_mail and not person.mail_address:
            _to_hand(message, person)
        elif not (is_mail or person.is_told_by_hand or person.phone or person.postal_address):
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
    after = letters.kind_of(message).when_told
    if after:
        after(message)
    waiting = Message.objects.by_hand().filter(pk=message.pk, state=State.WAITING)
    waiting.update(
        channel=Message.Channel.EMAIL,
        created_at=clock.now(),
        attempts=0,
        refused_at=None,
        refused_as="",
    )
