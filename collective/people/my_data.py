"""What the ground holds about a person, for them to read or to take away.

Each app has a module like this one. `TOLD` names the keys to a person whose rows it tells, and
`LEFT_OUT` every other key, with the reason. A test knows all keys that there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db.models import Model, Q

from collective.messages import addresses, mail
from collective.models import (
    AddressChange,
    DeletionRequest,
    FollowUp,
    Message,
    Person,
    RecordJoin,
    SignIn,
)
from collective.people import contact_changes
from collective.people.by_whom import by_whom

MOST = 500  # rows of one sort; the page says where there are more

TOLD = {
    "collective.Activity_invited.person",
    "collective.AddressChange.person",
    "collective.BrowserSession.person",
    "collective.Call.lead",
    "collective.ContactChange.person",
    "collective.DeletionRequest.person",
    "collective.Follow.person",
    "collective.FollowUp.person",
    "collective.InterruptedForm.person",
    "collective.Message.person",
    "collective.PersonEvent.pgh_obj",
    "collective.Person_groups.person",
    "collective.RecordJoin.gone",
    "collective.RecordJoin.kept",
    "collective.SignIn.person",
    "mfa.Authenticator.user",
}
OUR_WORK = "it says who of our team did the work: that is not about them"
LEFT_OUT = {
    "account.EmailAddress.user": "this table stays empty: the one address is the person's own",
    "admin.LogEntry.user": OUR_WORK,
    "collective.AddressChange.asked_by": OUR_WORK,
    "collective.Announcement.created_by": OUR_WORK,
    "collective.Announcement_chosen.person": "what was sent to them stands among the messages",
    "collective.ContactChange.changed_by": "the change itself is told, with who made it",
    "collective.DeletionRequest.confirmed_by": OUR_WORK,
    "collective.DeletionRequest.stopped_by": OUR_WORK,
    "collective.DeletionRequest.taken_by": OUR_WORK,
    "collective.FollowUp.created_by": OUR_WORK,
    "collective.FollowUp.done_by": OUR_WORK,
    "collective.Message.told_by": OUR_WORK,
    "collective.Person.joined_into": "it is told as a join of two records",
    "collective.Person_user_permissions.person": "rights come from groups, which are told",
    "collective.JoinRequest.asked_by": OUR_WORK,
    "collective.JoinRequest.gone": "a question within our team; a join that comes of it is told",
    "collective.JoinRequest.kept": "a question within our team; a join that comes of it is told",
    "collective.JoinRequest.settled_by": OUR_WORK,
    "collective.RecordJoin.confirmed_by": OUR_WORK,
    "collective.RecordJoin.joined_by": OUR_WORK,
    "collective.RecordJoin.undone_by": OUR_WORK,
    "collective.Redaction.allowed_by": OUR_WORK,
    "collective.Redaction.asked_by": "the request to be forgotten is told, whoever took it down",
    "collective.Taken.person": OUR_WORK,
    "pghistory.MiddlewareEvents.user": "not a table: a view of the history of other rows",
}


@dataclass(frozen=True)
class LoggedRow:
    """A row whose log says what our team did with it.

    One that many people share says `since` when it is about this person too: of its log only looks
    and exports are told.
    """

    model: type[Model]
    key: UUID | int
    since: datetime | None = None


def my_data(person: Person) -> dict[str, Any]:
    """What is known of the person, what they follow, and what we wrote, noted and were asked."""
    return {
        **_how_we_reach(person),
        **_what_they_take_part_in(person),
        "messages": _messages(person),
        "what we noted to come back to": _follow_ups(person),
        "sign-ins asked for": _sign_ins(person),
        "signed in with": _sessions(person),
        "forms you typed and have to send once more": _interrupted(person),
        "changes of address": _address_changes(person),
        "our team changed how we reach you": _contact_changes(person),
        "second step": _second_step(person),
        "staff groups": [group.name for group in person.groups.all()],
        "records joined": _joins(person),
        "asked to be forgotten": _requests(person),
    }


def _requests(person: Person) -> list[dict[str, Any]]:
    rows = person.deletion_requests.select_related("taken_by", "confirmed_by", "stopped_by")
    return [_request(row) for row in rows]


def _request(row: DeletionRequest) -> dict[str, Any]:
    return {
        "asked": row.asked_at,
        "how": row.get_how_display(),
        "asked by": row.asker or "",
        "how we know that it was them": row.checked or "",
        "noted by": _name(row.taken_by),
        "confirmed by": _name(row.confirmed_by),
        "to be done": row.due_at,
        "stopped": row.stopped_at,
        "stopped by": _name(row.stopped_by),
        "why it was stopped": row.stop_reason or "",
        "done": row.done_at,
    }


def _how_we_reach(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "email": person.email,
        "shared email": person.contact_email,
        "phone": person.phone_as_written,
        "postal address": person.postal_address or "",
        "time zone": person.time_zone,
        "told by": person.get_reach_by_display(),
        "known since": person.created_at,
        "signed in last": person.last_login,
        "reminders by email": person.wants_reminders,
        "news by email": person.wants_news,
        "earlier settings": _earlier_settings(person),
    }


def _what_they_take_part_in(person: Person) -> dict[str, Any]:
    return {
        "follows": [str(row.target) for row in person.follows.select_related("activity", "call")],
        "invited to": [row.title for row in person.invitations.all()],
        "leads": [
            {"call": row.title, "about you": row.about_lead} for row in person.calls_led.all()
        ],
    }


def logged_rows(person: Person, most: int | None = MOST) -> Iterator[LoggedRow]:
    """Their record, what staff noted to come back to, and what they were told by phone or post."""
    yield LoggedRow(Person, person.pk)
    by_hand = Message.objects.by_hand().filter(person=person)
    for model, rows in (
        (AddressChange, person.address_changes.all()),
        (FollowUp, person.follow_ups.all()),
        (DeletionRequest, person.deletion_requests.all()),
        (Message, by_hand),
    ):
        for key in rows.order_by("-pk").values_list("pk", flat=True)[:most]:
            yield LoggedRow(model, key)


def _earlier_settings(person: Person) -> list[dict[str, Any]]:
    history = apps.get_model("collective.PersonEvent")
    rows = history.objects.filter(pgh_obj=person).order_by("-pgh_created_at")[:MOST]
    return [
        {
            "since": row.pgh_created_at,
            "told by": Person.ReachBy(row.reach_by).label,
            "reminders by email": row.wants_reminders,
            "news by email": row.wants_news,
        }
        for row in rows
    ]


def _messages(person: Person) -> list[dict[str, Any]]:
    labels = mail.labels()
    return [
        {
            "what": labels.get(row.kind, row.kind),
            "by": row.get_channel_display(),
            "to another address": row.address,
            "state": row.get_state_display(),
            "written": row.created_at,
            "sent": row.sent_at,
            "subject": row.subject,
            "text": row.text,
        }
        for row in person.messages.order_by("-created_at", "-pk")[:MOST]
    ]


def _follow_ups(person: Person) -> list[dict[str, Any]]:
    return [
        {"what": row.what, "on": row.due_on, "noted": row.created_at, "done": row.done_at}
        for row in person.follow_ups.all()[:MOST]
    ]


def _sign_ins(person: Person) -> list[dict[str, Any]]:
    """Codes asked for in the last day: at their address, or to make another address theirs."""
    theirs = Q(person=person)
    if person.email:
        theirs |= Q(person=None, email=person.email)
    rows = SignIn.objects.filter(theirs).order_by("-created_at")[:MOST]
    return [{"address": row.email, "asked": row.created_at, "used": row.used_at} for row in rows]


def _sessions(person: Person) -> list[dict[str, Any]]:
    rows = person.browser_sessions.living().order_by("-last_used_at")[:MOST]
    return [{"with": row.device, "last used": row.last_used_at} for row in rows]


def _interrupted(person: Person) -> list[dict[str, Any]]:
    """When, and where to read it: it may have been typed behind the second step."""
    rows = person.interrupted_forms.order_by("-sent_at")
    return [
        {"when": row.sent_at, "to read it": addresses.full_reverse("once_more", row.pk)}
        for row in rows[:MOST]
    ]


def _address_changes(person: Person) -> list[dict[str, Any]]:
    """Those that waited three days, or wait now."""
    return [
        {
            "to": row.email,
            "asked": row.asked_at,
            "due": row.due_at,
            "state": row.get_state_display(),
        }
        for row in person.address_changes.order_by("-asked_at")[:MOST]
    ]


def _contact_changes(person: Person) -> list[dict[str, Any]]:
    """Those of the last month, with who made them and what stood there before."""
    return [
        {
            "when": row.changed_at,
            "what": contact_changes.words_of(row, "your"),
            "who": by_whom(row.changed_by, person.pk, as_staff=True),
            "before": {name: value for name, value in row.before.items() if name in row.what},
        }
        for row in person.contact_changes.with_who()[:MOST]
    ]


def _second_step(person: Person) -> list[dict[str, Any]]:
    return [
        {"what": row.get_type_display(), "set up": row.created_at, "last used": row.last_used_at}
        for row in Authenticator.objects.filter(user=person)
    ]


def _joins(person: Person) -> list[dict[str, Any]]:
    """Each with who of our team asked, confirmed and undid it; "" where a link in a mail did."""
    rows = RecordJoin.objects.filter(Q(kept=person) | Q(gone=person))
    return [
        {
            "joined": row.joined_at,
            "asked by": _name(row.joined_by),
            "confirmed by": _name(row.confirmed_by),
            "parted again": row.undone_at,
            "parted by": _name(row.undone_by),
        }
        for row in rows.select_related("joined_by", "confirmed_by", "undone_by")
    ]


def _name(colleague: Person | None) -> str:
    return colleague.name if colleague else ""
