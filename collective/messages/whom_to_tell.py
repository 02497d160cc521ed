"""Whom people tell of harm, and where our mail comes from and goes: a change is told to them.

Whoever could change these on the sly would read what is not for them. So it takes a permission of
its own, and each address before and after gets a mail that says who changed what.
"""

from django.contrib.admin.models import CHANGE, LogEntry

from collective.messages import kinds, mail
from collective.messages.letters import Letter
from collective.models import Community, Message, Person
from collective.models.community import CONTACTS

BECAUSE = "your address is one of these, or was until now"
MAY_CHANGE = "collective.change_contacts"
ADDRESSES = [name for name in CONTACTS if name.endswith("_email") or name == "reply_to"]


def note_change(before: Community, after: Community, by: Person) -> None:
    """Keep the values before and after in the history, and tell every address of either.

    In the transaction of the change. Does nothing where none of the contacts is another.
    """
    labels = {field.name: field.verbose_name for field in Community._meta.concrete_fields}
    words = [
        f"{labels[name]}: “{getattr(before, name)}” before, “{getattr(after, name)}” now."
        for name in CONTACTS
        if getattr(before, name) != getattr(after, name)
    ]
    if not words:
        return
    entry = LogEntry.objects.log_actions(
        by.pk, [after], CHANGE, "Changed " + " ".join(words), single_object=True
    )
    found = {getattr(row, name) for row in (before, after) for name in ADDRESSES}
    for address in sorted(found - {""}):
        revision = f"{entry.pk}@{mail.sign_of(address, 20)}"
        mail.tell(None, kinds.COMMUNITY_CONTACTS_CHANGED, by, address=address, revision=revision)


@mail.kind(kinds.COMMUNITY_CONTACTS_CHANGED, "Whom people tell of harm was changed", protects=True)
def contacts_changed(message: Message) -> Letter | None:
    """What our team's log says of it. It asks for no answer, which may go to the wrong mailbox."""
    rows = LogEntry.objects.filter(pk=message.revision.partition("@")[0], user=message.about)
    entry = rows.select_related("user").first()
    if entry is None:
        return None
    context = {"who": entry.user, "words": entry.get_change_message()}
    return Letter("Our contacts were changed", "email/community_contacts_changed.html", context)
