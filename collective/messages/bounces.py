"""Mail that comes back later, read from the sender's mailbox: off unless BOUNCES_URL is set.

What came back for good is noted on its message, where Today and the person's page show it, so that
somebody rings. Only what mail servers wrote is read; nothing of it is stored.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import Q

from collective import clock
from collective.background import sweeps
from collective.messages import by_hand, mailbox, returned
from collective.models import Message

logger = logging.getLogger(__name__)
A_BATCH = 50
COMES_BACK_IN = timedelta(days=7)  # a server gives up sooner (RFC 5321, 4.5.4.1)


def read_all() -> sweeps.Counts:
    """The sweep: what came back and was not looked at yet; returns (seen, done)."""
    if not settings.BOUNCES_URL:
        return 0, 0
    with mailbox.opened(settings.BOUNCES_URL) as box:
        keys = box.from_servers(A_BATCH)
        return len(keys), sum(_read_one(box, uid) for uid in keys)


def _read_one(box: mailbox.Mailbox, uid: str) -> int:
    """Act, then mark it as seen: whoever is killed in between acts once more, on what is done."""
    done = note_what_it_says(box.read(uid))
    if done and settings.BOUNCES_DELETE:
        box.delete(uid)
    else:
        box.mark_seen(uid)
    return done


def note_what_it_says(raw: bytes) -> int:
    """Note on the message that this mail sends back; returns 1, or 0 where it is none of ours."""
    try:
        found = returned.read(raw)
    except Exception as error:  # whatever strangers write: no other mail waits for this one
        logger.warning("A mail that came back could not be read: %s", type(error).__name__)
        return 0
    return note(found) if found else 0


def note(found: returned.Returned) -> int:
    """Note on the message that it came back; returns 1, or 0 where it is none of ours."""
    message = _message_of(found)
    return int(message is not None and by_hand.note_came_back(message, found.words))


def _message_of(found: returned.Returned) -> Message | None:
    """By its Message-ID, which nobody can guess; else the newest mail to that address lately."""
    sent = Message.objects.filter(channel=Message.Channel.EMAIL, sent_at__isnull=False)
    if named := sent.filter(message_id__in=found.message_ids).first():
        return named
    lately = sent.filter(sent_at__gt=clock.now() - COMES_BACK_IN, state=Message.State.SENT)
    to_them = Q(address__in=found.addresses) | Q(address="", person__email__in=found.addresses)
    return lately.filter(to_them).order_by("-sent_at").first()
