"""Today's part about messages: what to ring or post, and mail that did not arrive."""

from django.db.models import Q
from django.urls import reverse

from collective import clock
from collective.messages import kinds, mail, returned
from collective.models import Activity, Call, Message
from collective.models.message import MessageQuerySet
from events.models import Conversation, Registration, TimeRequest
from portal.today.lines import ONE_MORE, Line, Section

LIST = "admin:collective_message_changelist"
VERBS = {Message.Channel.PHONE: "Ring", Message.Channel.POST: "Write to"}


def to_tell(call: Call | None) -> Section:
    """To ring or to post, the shortest time left first."""
    tasks = of_call(Message.objects.tasks(clock.now()), call).select_related("person")
    labels = mail.labels()
    lines = [
        Line(
            f"message:{row.pk}",
            f"{VERBS[Message.Channel(row.channel)]} {row.person}: {labels[row.kind]}",
            reverse("admin:collective_message_tell", args=[row.pk]),
            "Tell them",
            row.not_after,
            note=_tries(row.attempts),
            person=row.person,
        )
        for row in tasks[:ONE_MORE]
    ]
    return Section("tell", "To ring or post", lines, reverse(LIST) + "?to_tell=1")


def _tries(number: int) -> str:
    if number == 0:
        return ""
    return "tried once" if number == 1 else f"tried {number} times"


def failed_mail(call: Call | None) -> Section:
    """Mail that failed or came back, as long as it is worth telling; nobody needs an old code."""
    rows = of_call(Message.objects.failed(), call).exclude(kind__in=kinds.CODES)
    rows = rows.filter(Q(not_after=None) | Q(not_after__gt=clock.now()))
    rows = rows.select_related("person").order_by("-created_at")[:ONE_MORE]
    labels = mail.labels()
    lines = [_failed(row, labels.get(row.kind, row.kind)) for row in rows]
    more = f"{reverse(LIST)}?state__exact={Message.State.FAILED}"
    return Section("failed", "Mail that did not arrive", lines, more)


def _failed(row: Message, label: str) -> Line:
    return Line(
        f"message:{row.pk}",
        f"{row.person or row.address}: {label}",
        reverse("admin:collective_message_change", args=[row.pk]),
        "See what to do",
        row.not_after,
        note="this address does not work" if row.error.startswith(returned.GONE_WORDS) else "",
        person=row.person,
    )


def of_call(messages: MessageQuerySet, call: Call | None) -> MessageQuerySet:
    """Of these messages, those that tell of anything in this call; all of them for no call."""
    if call is None:
        return messages
    about = Q(about__in=call.announcements.values("pk"))
    for rows in (
        Registration.objects.filter(session__call=call),
        Conversation.objects.filter(series__call=call),
        TimeRequest.objects.filter(series__call=call),
        Activity.objects.filter(call=call),
    ):
        about |= Q(about__in=rows.values("pk"))
    return messages.filter(about)
