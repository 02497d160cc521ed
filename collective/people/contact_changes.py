"""Staff change how somebody is reached: it stays on record for a month, and the person is told.

At their own address, if they have one; else by the ways that were known before. Otherwise somebody
who means harm could send all of a person's messages to themselves, and nobody would notice.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model

from collective import clock
from collective.background import sweeps
from collective.messages import kinds, mail
from collective.messages.letters import Letter
from collective.models import ContactChange, FollowUp, Message, Person
from collective.people import phones
from collective.people.by_whom import by_whom
from collective.templatetags.collective import day

BECAUSE = "it is about how we reach you"
WAYS = ("reach_by", "phone", "postal_address", "contact_email")
WORDS = {
    "reach_by": "how we tell {} things",
    "phone": "{} phone number",
    "postal_address": "{} postal address",
    "contact_email": "the email address that {} share",
    "email": "{} email address",
}
PRONOUNS = {
    "your": {"reach_by": "you", "contact_email": "you"},
    "their": {"reach_by": "them", "contact_email": "they"},
}
LATELY = timedelta(hours=72)  # as long as a change of address waits
KEEP = timedelta(days=30)  # so long does whoever approves a payment read of it
CHANGED = (
    "{who} has changed what we know of how to reach them: {what}. Please tell them so by the way "
    "that we knew before: {way}. Somebody else than {who} does this. If they did not ask for it, "
    "put it back on their page, and tell your team."
)
NOBODY = "A colleague"
Ways = dict[str, Any]


def ways_of(person: Person) -> Ways:
    """How the person is reached, as JSON can hold it."""
    return {name: getattr(person, name) for name in WAYS}


@transaction.atomic
def save(person: Person, by: Person) -> None:
    """Save what a colleague has changed of a person, and tell the person what of it leads to them.

    Once for all that was changed in one go.
    """
    before = ways_of(Person.objects.select_for_update().get(pk=person.pk))
    person.save()
    what = [name for name in WAYS if getattr(person, name) != before[name]]
    if what:
        _tell(note(person, what, before, by))


def note(person: Person, what: list[str], before: Ways, by: Person | None) -> ContactChange:
    """Put on record what was changed, without telling anybody: the caller does."""
    return ContactChange.objects.create(
        person=person, changed_by=by, changed_at=clock.now(), what=what, before=before
    )


def _tell(row: ContactChange) -> None:
    if row.person.email:
        mail.tell(row.person, kinds.CONTACTS_CHANGED, row)
        return
    words = {"who": row.changed_by or NOBODY, "what": words_of(row, "their")}
    tell_by_old_ways(row.person, kinds.CONTACTS_CHANGED, row, CHANGED.format(way="{way}", **words))


def words_of(row: ContactChange, whose: str) -> str:
    """What was changed, in words: "your phone number, how we tell you things"."""
    return ", ".join(
        WORDS[name].format(PRONOUNS[whose].get(name, whose)) for name in WORDS if name in row.what
    )


def was_changed_lately(person: Person) -> bool:
    """Have staff changed how they are reached in the last three days?"""
    return person.contact_changes.filter(changed_at__gt=clock.now() - LATELY).exists()


def known_before(person: Person) -> Ways:
    """How they were reached before whatever staff have changed in the last three days."""
    lately = person.contact_changes.filter(changed_at__gt=clock.now() - LATELY)
    oldest = lately.order_by("changed_at").first()
    return oldest.before if oldest else ways_of(person)


def tell_by_old_ways(person: Person, kind: str, about: Model, words: str) -> None:
    """Tell somebody without an address of their own by the ways that were known before.

    That is a mail of this `kind` to an address that they share, if it was the way, and a task for
    the team that names the number or the house; `{way}` in its words becomes that one.
    """
    ways = known_before(person)
    shared = ways["contact_email"] if ways["reach_by"] == Person.ReachBy.EMAIL else ""
    if shared:
        mail.tell(None, kind, about, address=shared)
    way = phones.written(ways["phone"]) or ways["postal_address"] or ""
    if way:
        FollowUp.objects.for_the_team(person, words.replace("{way}", way), clock.now())


def forget_old() -> sweeps.Counts:
    """The sweep: changes of contacts, and what was before, go after a month; (seen, done)."""
    done, _ = ContactChange.objects.filter(changed_at__lt=clock.now() - KEEP).delete()
    return done, done


@mail.kind(kinds.CONTACTS_CHANGED, "Our team changed how to reach them", protects=True)
def contacts_changed(message: Message) -> Letter | None:
    row = ContactChange.objects.select_related("changed_by").filter(pk=message.about).first()
    if row is None:
        return None
    who = by_whom(row.changed_by, row.person_id, as_staff=True) or "by somebody from our team"
    context = {"who": who, "on": day(row.changed_at), "what": words_of(row, "your")}
    return Letter("How we reach you was changed", "email/contacts_changed.html", context)
