"""What the messages about conversations say: never a topic or a need, and of a number at most its
last three digits.
"""

from collective.messages import addresses, mail
from collective.messages.mail import Letter
from collective.models import Follow, Message
from collective.safety.link_keys import key_for
from events import calendar
from events.conversations.times import opening
from events.models import Conversation, ConversationSeries, Slot, TimeRequest
from events.models.conversation_states import State

HOST_WORDS = {
    "conversation_booked": "has booked a conversation with you",
    "conversation_moved": "has another time for the conversation with you",
    "conversation_changed": "wants to talk in another way",
    "conversation_cancelled": "no longer has a conversation with you",
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
    **more,
) -> Letter:
    key = {"key_purpose": "booking", "pk": conversation.pk}
    context = {
        "conversation": conversation,
        "series": conversation.series,
        "slot": conversation.slot,
        "page": addresses.full_reverse("booking", conversation.pk, **key),
        "move": addresses.full_reverse("move_booking", conversation.pk, **key),
        "cancel": addresses.full_reverse("cancel_booking", conversation.pk, **key),
        "again": addresses.full(conversation.series.get_absolute_url()),
        "host_page": addresses.full_reverse(
            "host_conversation", conversation.series.slug, conversation.pk
        ),
        **more,
    }
    attachments = []
    if method:
        entry = calendar.of_conversation(conversation, for_host=for_host)
        attachments = [("conversation.ics", calendar.invitation(entry, method), "text/calendar")]
    return Letter(
        subject,
        f"events/conversations/email/{template}.html",
        context,
        row=conversation,
        attachments=attachments,
        one_click_stop=more.get("stop", ""),
    )


def _has_first_choice(conversation: Conversation) -> bool:
    """Of the next times that are opened, as none was free."""
    rows = TimeRequest.objects.open().filter(series=conversation.series, person=conversation.person)
    return rows.filter(has_first_choice=True).exists()


def _if_newest(message: Message, state: State = State.BOOKED) -> Conversation | None:
    """The conversation, or None where something newer has happened to it: another message tells of
    that.
    """
    conversation = _conversation(message)
    is_newest = message.revision.rpartition("@")[2] == str(conversation.calendar_sequence)
    return conversation if is_newest and conversation.state == state else None


@mail.kind("conversation_booked", "Conversation booked", keep_text=False)
def booked(message: Message) -> Conversation | Letter | None:
    found = _if_newest(message)
    return found and _letter(
        found, "Your conversation is booked", "conversation_booked", method="REQUEST"
    )


@mail.kind("conversation_moved", "Conversation moved", keep_text=False)
def moved(message: Message) -> Conversation | Letter | None:
    found = _if_newest(message)
    return found and _letter(
        found, "Your conversation has a new time", "conversation_moved", method="REQUEST"
    )


@mail.kind("conversation_changed", "Conversation: by phone or video changed", keep_text=False)
def changed(message: Message) -> Conversation | Letter | None:
    found = _if_newest(message)
    return found and _letter(
        found, "Your conversation has changed", "conversation_changed", method="REQUEST"
    )


@mail.kind("conversation_link", "Conversation: how to join", keep_text=False)
def link(message: Message) -> Conversation | Letter | None:
    found = _if_newest(message)
    return found and _letter(found, "How to join", "conversation_link")


@mail.kind("conversation_cancelled", "Conversation cancelled")
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
    )


@mail.kind("conversation_not_held", "Conversation: not held")
def not_held(message: Message) -> Letter | None:
    """They did not come, the host could not, or the connection failed: gently, and with the way to
    a new one.
    """
    found = _conversation(message)
    if found.outcome_revision != message.revision:
        return None
    kept = list(found.series.slots.kept_for(found.person))
    return _letter(
        found,
        "About our conversation",
        "conversation_not_held",
        kept=kept,
        first_choice=_has_first_choice(found),
    )


@mail.kind("ask_conversation_capacity", "In which capacity they took part in a conversation")
def ask_capacity(message: Message) -> Letter | None:
    found = _conversation(message)
    if found.earned is None or not found.is_unsure:
        return None
    correct = addresses.full_reverse("booking_capacity", found.pk)
    return _letter(found, "A question for you", "ask_conversation_capacity", correct=correct)


@mail.kind("conversation_reminder", "Reminder of a conversation", keep_text=False)
def reminder(message: Message) -> Letter | None:
    """Only of the time at which it is now."""
    found = _conversation(message)
    is_of_this_time = message.revision.startswith(f"{found.slot.starts_at:%Y%m%dT%H%M}")
    if found.state != State.BOOKED or not is_of_this_time or not found.person.wants_reminders:
        return None
    stop = addresses.stop_reminders(found.person)
    return _letter(found, "A reminder from us", "conversation_reminder", stop=stop)


@mail.kind("host_news", "For the host: booked, moved, changed or cancelled")
def host_news(message: Message) -> Letter | None:
    kind = message.revision.partition("@")[0]
    state = State.CANCELLED if kind == "conversation_cancelled" else State.BOOKED
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


@mail.kind("host_time_request", "For the host: none of the times works")
def host_time_request(message: Message) -> Letter | None:
    request = (
        TimeRequest.objects.select_related("series", "person").filter(pk=message.about).first()
    )
    if request is None or request.settled_at:
        return None
    page = addresses.full_reverse("host", request.series.slug)
    context = {"request": request, "series": request.series, "host_page": page}
    return Letter(
        "Somebody asks for another time",
        "events/conversations/email/host_time_request.html",
        context,
        row=request,
    )


@mail.kind("time_offered", "A time kept for somebody")
def time_offered(message: Message) -> Letter | None:
    """Only while that time is still kept for them."""
    rows = TimeRequest.objects.open().filter(offered_at__isnull=False)
    request = rows.select_related("series__call", "person").filter(pk=message.about).first()
    if request is None or request.offered_at.isoformat() != message.revision:
        return None
    slot = Slot.objects.kept_for(message.person).filter(pk=request.offered_slot_id).first()
    if slot is None:
        return None
    context = {
        "series": request.series,
        "slot": slot,
        "asked": request,
        "again": addresses.full(request.series.get_absolute_url()),
        "book": addresses.full_reverse("book_conversation", request.series.slug, slot.pk),
    }
    return Letter(
        "A time for our conversation",
        "events/conversations/email/time_offered.html",
        context,
        row=request,
    )


@mail.kind("new_times", "New times for conversations")
def new_times(message: Message) -> Letter | None:
    """For who asked to be told, while there are free times."""
    series = ConversationSeries.objects.select_related("call").get(pk=message.about)
    follow = Follow.objects.filter(person=message.person, activity=series.pk).first()
    if follow is None or not series.is_open or not opening.has_free_times(series):
        return None
    stop = (
        f"{addresses.full_reverse('stop_following', follow.pk)}?key={key_for('follow', follow.pk)}"
    )
    context = {"series": series, "again": addresses.full(series.get_absolute_url()), "stop": stop}
    return Letter(
        "There are new times",
        "events/conversations/email/new_times.html",
        context,
        row=series,
        one_click_stop=stop,
    )
