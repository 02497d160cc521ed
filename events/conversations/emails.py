"""What the messages about conversations say.

Never a topic or a need, and of a number at most its last three digits.
"""

from typing import Any

from collective.messages import addresses, mail
from collective.messages.letters import ASKED_US, CalendarFile
from collective.messages.mail import Letter
from collective.models import Follow, Message
from events import calendar
from events.conversations import kinds
from events.conversations.times.new_times import has_free_times
from events.models import Conversation, ConversationSeries, Slot, TimeRequest
from events.models.conversation_states import State
from payments.owing import offered

BECAUSE = "you booked a conversation with us"
HOLDS_THEM = "you are the host of these conversations"
HOST_WORDS = {
    kinds.BOOKED: "has booked a conversation with you",
    kinds.MOVED: "has another time for the conversation with you",
    kinds.CHANGED: "wants to talk in another way",
    kinds.CANCELLED: "no longer has a conversation with you",
}


def _conversation(message: Message) -> Conversation:
    rows = Conversation.objects.select_related("series__call", "series__host", "slot", "person")
    return rows.get(pk=message.about)


def _letter(
    conversation: Conversation,
    subject: str,
    template: str,
    *,
    method: str = "",
    for_host: bool = False,
    **more: Any,
) -> Letter:
    """The letter of this template; `method` says what its calendar file does, "" for no file."""
    file = None
    if method:
        entry = calendar.of_conversation(conversation, for_host=for_host)
        file = CalendarFile("conversation.ics", calendar.invitation(entry, method), method)
    return Letter(
        subject,
        f"events/conversations/email/{template}.html",
        {**_context(conversation), **more},
        row=conversation,
        calendar=file,
        one_click_stop=more.get("stop", ""),
    )


def _context(conversation: Conversation) -> dict[str, Any]:
    series = conversation.series
    return {
        "conversation": conversation,
        "series": series,
        "slot": conversation.slot,
        "page": _with_key("booking", conversation),
        "move": _with_key("move_booking", conversation),
        "cancel": _with_key("cancel_booking", conversation),
        "again": addresses.full(series.get_absolute_url()),
        "host_page": addresses.full_reverse("host_conversation", series.slug, conversation.pk),
    }


def _with_key(name: str, conversation: Conversation) -> str:
    """The whole address of a page about it, which opens without signing in."""
    return addresses.full_reverse(name, conversation.pk, key_purpose="booking", pk=conversation.pk)


def _has_first_choice(conversation: Conversation) -> bool:
    """Of the next times that are opened, as none was free."""
    rows = TimeRequest.objects.open().filter(series=conversation.series, person=conversation.person)
    return rows.filter(has_first_choice=True).exists()


def _if_newest(message: Message, state: State = State.BOOKED) -> Conversation | None:
    """The conversation, or None where something newer happened: another message tells of that."""
    conversation = _conversation(message)
    is_newest = message.revision.rpartition("@")[2] == str(conversation.calendar_sequence)
    return conversation if is_newest and conversation.state == state else None


def _letter_if_newest(message: Message, subject: str, template: str, **more: Any) -> Letter | None:
    """The letter with its calendar file, unless something newer has happened."""
    found = _if_newest(message)
    if found is None or found.is_leaving:
        return None
    return _letter(found, subject, template, method="REQUEST", **more)


@mail.kind(kinds.BOOKED, "Conversation booked", keep_text=False)
def booked(message: Message) -> Letter | None:
    return _letter_if_newest(message, "Your conversation is booked", "conversation_booked")


@mail.kind(kinds.MOVED, "Conversation moved", keep_text=False)
def moved(message: Message) -> Letter | None:
    return _letter_if_newest(message, "Your conversation has a new time", "conversation_moved")


@mail.kind(kinds.CHANGED, "Conversation: by phone or video changed", keep_text=False)
def changed(message: Message) -> Letter | None:
    return _letter_if_newest(message, "Your conversation has changed", "conversation_changed")


@mail.kind(kinds.HOW_TO_JOIN, "Conversation: how to join", keep_text=False)
def how_to_join(message: Message) -> Letter | None:
    found = _if_newest(message)
    if found is None or found.is_leaving:
        return None
    return _letter(found, "How to join", "conversation_link")


@mail.kind(kinds.LEAVING, "Conversation given up by a link: it can be taken back")
def leaving(message: Message) -> Letter | None:
    found = _if_newest(message)
    if found is None or not found.can_take_back or not message.is_newest:
        return None
    take_back = _with_key("take_back_booking", found)
    subject = "You have given up your conversation"
    return _letter(found, subject, "conversation_leaving", take_back=take_back)


@mail.kind(kinds.KEPT, "Conversation taken back: not given up after all", keep_text=False)
def kept(message: Message) -> Letter | None:
    """No link in it opens anything: what pressed the button of the last mail may press again."""
    if not message.is_newest:
        return None
    own_page = addresses.full(_conversation(message).get_absolute_url())
    subject = "Your conversation is still booked"
    return _letter_if_newest(message, subject, "conversation_kept", page=own_page)


@mail.kind(kinds.CANCELLED, "Conversation cancelled")
def cancelled(message: Message) -> Letter | None:
    found = _if_newest(message, State.CANCELLED)
    if found is None:
        return None
    kept = list(found.series.slots.kept_for(found.person))
    return _letter(
        found,
        "Your conversation is cancelled",
        "conversation_cancelled",
        method="CANCEL",
        kept=kept,
        first_choice=_has_first_choice(found),
        offered=offered.of(found),
    )


@mail.kind(kinds.NOT_HELD, "Conversation: not held")
def not_held(message: Message) -> Letter | None:
    """They did not come, the host could not, or the connection failed: gently, and the way on."""
    found = _conversation(message)
    if found.outcome_revision != message.revision:
        return None
    kept = list(found.series.slots.kept_for(found.person))
    return _letter(
        found,
        "Our conversation did not take place",
        "conversation_not_held",
        kept=kept,
        first_choice=_has_first_choice(found),
        offered=offered.of(found),
    )


@mail.kind(kinds.TOLD_REMOVED, "Conversation: what they told us is removed")
def told_removed(message: Message) -> Letter:
    """A receipt that says what kind of thing is gone, and nothing of what it said."""
    return _letter(
        _conversation(message), "We have removed what you asked us to", "conversation_told_removed"
    )


@mail.kind(kinds.ASK_CAPACITY, "In which capacity they took part in a conversation")
def ask_capacity(message: Message) -> Letter | None:
    found = _conversation(message)
    offer = offered.of(found)
    if found.earned is None or offer.how != offered.How.IF_PERSONAL:
        return None
    correct = addresses.full_reverse("booking_capacity", found.pk)
    return _letter(
        found, "How did you take part?", "ask_conversation_capacity", correct=correct, offered=offer
    )


@mail.kind(kinds.REMINDER, "Reminder of a conversation", keep_text=False)
def reminder(message: Message) -> Letter | None:
    """Only of the time at which it is now."""
    found = _conversation(message)
    is_of_this_time = message.revision.startswith(f"{found.slot.starts_at:%Y%m%dT%H%M}")
    is_on = found.state == State.BOOKED and not found.is_leaving
    if not is_on or not is_of_this_time or not found.person.wants_reminders:
        return None
    stop = addresses.stop_reminders(found.person)
    return _letter(found, "A reminder: we talk soon", "conversation_reminder", stop=stop)


@mail.kind(kinds.HOST_NEWS, "For the host: booked, moved, changed or cancelled", because=HOLDS_THEM)
def host_news(message: Message) -> Letter | None:
    kind = message.revision.partition("@")[0]
    state = State.CANCELLED if kind == kinds.CANCELLED else State.BOOKED
    found = _if_newest(message, state)
    if found is None:
        return None
    method = "CANCEL" if state == State.CANCELLED else "REQUEST"
    return _letter(
        found,
        "News of your conversations",
        "host_news",
        method=method,
        for_host=True,
        news=HOST_WORDS[kind],
    )


@mail.kind(kinds.HOST_NAMED, "For the host: named as the host", because=HOLDS_THEM, protects=True)
def host_named(message: Message) -> Letter | None:
    """Only to whoever is the host now."""
    mine = ConversationSeries.objects.filter(pk=message.about, host=message.person)
    series = mine.select_related("call").first()
    if series is None:
        return None
    context = {"series": series, "host_page": addresses.full_reverse("host", series.slug)}
    template = "events/conversations/email/host_named.html"
    return Letter("You are named as a host", template, context, row=series)


@mail.kind(kinds.TIME_WISHED, "For the host: none of the times works", because=HOLDS_THEM)
def host_time_request(message: Message) -> Letter | None:
    wishes = TimeRequest.objects.open().select_related("series", "person")
    asked = wishes.filter(pk=message.about).first()
    if asked is None:
        return None
    page = addresses.full_reverse("host", asked.series.slug)
    return Letter(
        "Somebody asks for another time",
        "events/conversations/email/host_time_request.html",
        {"request": asked, "series": asked.series, "host_page": page},
        row=asked,
    )


@mail.kind(kinds.TIME_OFFERED, "A time kept for somebody", because="you need another time")
def time_offered(message: Message) -> Letter | None:
    """Only while that time is still kept for them."""
    wishes = TimeRequest.objects.open().select_related("series__call", "person", "offered_slot")
    asked = wishes.filter(pk=message.about).first()
    if asked is None or asked.offer_revision != message.revision:
        return None
    slot = asked.offered_slot
    if slot is None or not Slot.objects.kept_for(asked.person).filter(pk=slot.pk).exists():
        return None
    context = {
        "series": asked.series,
        "slot": slot,
        "asked": asked,
        "again": addresses.full(asked.series.get_absolute_url()),
        "book": addresses.full_reverse("book_conversation", asked.series.slug, slot.pk),
    }
    return Letter(
        "A time for our conversation",
        "events/conversations/email/time_offered.html",
        context,
        row=asked,
    )


@mail.kind(kinds.NEW_TIMES, "New times for conversations", because=ASKED_US)
def new_times(message: Message) -> Letter | None:
    """For people who asked to be told, while there are free times."""
    series = ConversationSeries.objects.select_related("call").get(pk=message.about)
    follow = Follow.objects.filter(person=message.person, activity=series.pk).first()
    if follow is None or not series.is_open or not has_free_times(series):
        return None
    stop = addresses.stop_news(follow)
    context = {"series": series, "again": addresses.full(series.get_absolute_url()), "stop": stop}
    return Letter(
        "There are new times",
        "events/conversations/email/new_times.html",
        context,
        row=series,
        one_click_stop=stop,
    )
