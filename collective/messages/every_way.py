"""Telling somebody without an address of their own by every way that they have.

What a colleague did in their name reaches them then, whichever way that colleague chose for them.
"""

from django.db.models import Model

from collective.messages import mail
from collective.models import Message, Person

Channel = Message.Channel


def tell(person: Person, kind: str, about: Model, revision: str) -> None:
    """Write the message once for each way: a mail, a task to ring, and one to post.

    Somebody with an address of their own gets it there, if the kind `protects`.
    """
    if person.email:
        mail.tell(person, kind, about, revision=revision)
        return
    ways = {
        Channel.EMAIL: person.contact_email,
        Channel.PHONE: person.phone,
        Channel.POST: person.postal_address,
    }
    for channel in [channel for channel, way in ways.items() if way] or [Channel.PHONE]:
        which = f"{channel}:{revision}"[:40]
        mail.tell(person, kind, about, channel=channel, revision=which)
