"""Who may write which rows, as tables to be read; whatever stands in none of them is not allowed.

A row says what may be done: "add", "delete", "change", or "change" of the fields that are named.
"""

from django.apps import apps
from django.contrib import admin

from events.models import ConversationSeries
from policy_drafts.models import Policy, PolicyRole
from tests.fuzz.rows import ADDED

ALL = ["add", "change", "delete"]
# Anybody, for whatever they ask: their session, and a code to an address.
ANYBODY = {
    "sessions.Session": ALL,
    "collective.BrowserSession": ALL,
    "collective.SignIn": ["add"],
}
# Anybody, of what is their own.
OWN = {
    "collective.AddressChange": ALL,
    "collective.DeletionRequest": ALL,
    "collective.Follow": ["add", "delete"],
    "collective.InterruptedForm": ALL,
    "collective.Message": ["add"],
    "collective.Person": [
        "change name time_zone wants_news wants_reminders wants_staff_mail last_login password"
    ],
    "events.AccessNeed": ALL,
    "events.BookingDraft": ALL,
    "events.Conversation": ["add", "change"],
    "events.Registration": ["add", "change"],
    "events.SignUpDraft": ALL,
    "events.TimeRequest": ["add", "change"],
    "mfa.Authenticator": ALL,
    "payments.Expense": ALL,
    "payments.Payment": ["change"],
    "payments.PayoutAccount": ["add", "change"],
    "policy_drafts.DraftFollow": ["add", "delete"],
    "policy_drafts.PolicyRole": ["change"],
}
# A host, of what stands under a series of theirs.
HOST = {
    "events.Conversation": ["change"],
    "events.ConversationSeries": ["change"],
    "events.OpeningHours": ALL,
    "events.PassedOn": ["add"],
    "events.Slot": ALL,
    "events.TimeRequest": ["change"],
}
# A lead, of what stands under a policy of theirs.
LEAD = {
    "policy_drafts.Draft": ["add", "change"],
    "policy_drafts.FilesTrial": ["add", "change"],
    "policy_drafts.Heard": ["add", "delete"],
    "policy_drafts.OtherVersion": ["add", "delete"],
    "policy_drafts.PolicyPicture": ["add"],
    "policy_drafts.PolicyRole": ["add", "change"],
    "policy_drafts.Section": ["add", "change"],
}
# A lead, of what stands under a policy of theirs and is their own.
LEADS_OWN = {
    "policy_drafts.Import": ["add", "change"],
    "policy_drafts.Presence": ALL,
    "policy_drafts.Unsaved": ALL,
    "policy_drafts.WorkingCopyFile": ["add", "change"],
}
# Staff may add, change and delete what Django's permissions say, of models that the admin has.
# Besides, who has this permission may do this:
BY_PERMISSION = {
    "events.change_conversationseries": {
        "events.Conversation": ["add"],
        "events.Slot": ["change state"],
    },
    "events.change_registration": {"collective.Taken": ALL},
    "collective.change_supportline": {"collective.Taken": ALL},
    "events.change_session": {"events.Registration": ["add"]},
    "payments.change_payment": {"payments.Expense": ["add"]},
    "payments.pay_by_hand": {"payments.Payment": ["add"]},
    "payments.view_payment": {"collective.Taken": ALL},
    "payments.record_choice": {
        "payments.Payment": ["change choice chosen_at taken_pence next_reminder_at"],
        "payments.PayoutAccount": [
            "add",
            "change method state voucher deliver changed_at changed_by_id wait_until",
        ],
    },
}
# And these ask for this permission, whoever may change the rest of the row; None: nobody of staff.
FIELDS = {
    "collective.Person": {
        "collective.manage_staff": "is_staff is_superuser password",
        "collective.view_contact_details": "phone phone_hash postal_address",
    },
    "events.Conversation": {
        "events.view_confidential": "phone topics access_needs",
        None: "note video_link",
    },
    "events.Registration": {"events.view_access_needs": "access_needs companion"},
}
# Rows between two others: who may do this.
BETWEEN = {
    "collective.Person_groups": "collective.manage_staff",
    "collective.Person_user_permissions": "collective.manage_staff",
    "collective.Activity_invited": "collective.change_activity",
    "collective.Announcement_chosen": "collective.change_announcement",
    "auth.Group_permissions": "auth.change_group",
}
# What comes along with a row that somebody may write, of the same person or under the same roof.
FOLLOWS = {
    "collective.Person": {"collective.ContactChange": ["add"], "collective.FollowUp": ["add"]},
    "events.Conversation": {
        "events.Slot": ["change state kept_for_id kept_until"],
        "payments.Payment": ["add"],
    },
    "events.ConversationSeries": {"events.Slot": ["change state"]},
    "events.Registration": {"events.AccessNeed": ALL, "payments.Payment": ["add"]},
    "events.TimeRequest": {"events.Slot": ["add", "change kept_for_id kept_until"]},
    "payments.Expense": {"payments.PaymentEvent": ["add"]},
    "payments.Payment": {"payments.PaymentEvent": ["add"]},
    "policy_drafts.Draft": {
        "policy_drafts.Continuation": ["add"],
        "policy_drafts.DraftBlock": ["add"],
        "policy_drafts.DraftFile": ["add"],
        "policy_drafts.DraftSection": ["add"],
        "policy_drafts.Reason": ["add"],
    },
    "policy_drafts.Section": {"policy_drafts.SectionSave": ["add"]},
}
# What tells of any row that somebody may write: it names one that is near to it.
NEWS = {"collective.Message": ["add", "change state"]}
# What was looked at, by the words in the log -> what asks for the permission.
LOOKED = ("Looked at", "Exported")
LOOKS = {
    "collective.Person": "collective.print_held",
    "events.Conversation": "events.view_confidential",
    "events.Registration": "events.view_access_needs",
    "events.Session": "events.view_access_needs",
    "events.TimeRequest": "events.change_timerequest",
    "payments.Expense": "payments.change_expense",
}
HISTORIES = {
    model._meta.label: model.pgh_tracked_model._meta.label
    for model in apps.get_models()
    if hasattr(model, "pgh_tracked_model") and model._meta.managed
}
LOG = "admin.LogEntry"
KIND = apps.get_model("contenttypes.ContentType")


def of_the_admin():
    """Labels of the models that staff have pages for: nobody's permission opens another one."""
    found = {model._meta.label for model in admin.site._registry}
    rows = [row for page in admin.site._registry.values() for row in page.inlines]
    return found | {row.model._meta.label for row in rows}


def is_in(table, written):
    """Does the table say so, of this row?"""
    for line in table.get(written.label, ()):
        act, *fields = line.split()
        if act == written.act and (not fields or written.fields <= set(fields)):
            return True
    return False


class Caller:
    """Somebody who asks, and what is theirs."""

    def __init__(self, person):
        self.key = person.pk if person else None
        self.may = person.get_all_permissions() if person and person.is_staff else set()
        roles = PolicyRole.objects.filter(
            person=person, kind=PolicyRole.Kind.LEAD, state=PolicyRole.State.ACCEPTED
        )
        hosted = ConversationSeries.objects.filter(host=person) if person else []
        self.series = {("collective.Activity", row.pk) for row in hosted}
        self.policies = {(Policy._meta.label, row.policy_id) for row in roles if person is not None}


class Rights:
    """Judges what a request has written."""

    def __init__(self, rows, people):
        self.rows = rows
        self.callers = {who: Caller(person) for who, person in people.items()}
        self.admin = of_the_admin()
        self.kinds = {row.pk: row.model_class() for row in KIND.objects.all()}
        self.children = {}
        for model in apps.get_models():
            for parent in model._meta.parents:
                self.children.setdefault(parent._meta.label, []).append(model)

    def outside(self, written, who, *, is_safe):
        """What of it was not theirs to write; a method that changes nothing writes only looks."""
        caller = self.callers[who]
        if is_safe:
            of_asking = [row for row in written if not is_in(ANYBODY, row)]
            return [row for row in of_asking if not self.is_their_look(row, caller)]
        right = [row for row in written if self.is_direct(row, caller)]
        left = [row for row in written if row not in right]
        while found := [row for row in left if self.follows(row, right)]:
            right += found
            left = [row for row in left if row not in found]
        return left

    def is_direct(self, row, caller):
        """Is it theirs to write, for itself?"""
        if is_in(ANYBODY, row):
            return True
        if row.label == LOG:
            return self.is_their_look(row, caller) or self.is_their_act(row, caller)
        owners, roofs = self.rows.owners(row), self.rows.roofs(row)
        is_own = caller.key in owners
        return (
            (is_own and is_in(OWN, row))
            or (roofs & caller.series and is_in(HOST, row))
            or (roofs & caller.policies and is_in(LEAD, row))
            or (roofs & caller.policies and is_own and is_in(LEADS_OWN, row))
            or self.is_staffs(row, caller)
        )

    def is_staffs(self, row, caller):
        """Does a permission say so, and none that a field asks for is missing?"""
        for permission, fields in FIELDS.get(row.label, {}).items():
            if row.fields & set(fields.split()) and permission not in caller.may:
                return False
        if row.label in BETWEEN:
            return BETWEEN[row.label] in caller.may
        if any(is_in(table, row) for name, table in BY_PERMISSION.items() if name in caller.may):
            return True
        return any(
            permission_for(model, row.act) in caller.may and model._meta.label in self.admin
            for model in self.models_of(row)
        )

    def models_of(self, row):
        """The model of a row, or where it is the upper half of another one, that one."""
        below = [
            model
            for model in self.children.get(row.label, ())
            if self.rows.row(model, row.key) is not None
        ]
        return below or [apps.get_model(row.label)]

    def is_their_look(self, row, caller):
        """A line of the log, by them, of something that they may look at."""
        if not is_line_of(row, caller) or not is_look(row):
            return False
        model = self.kinds[row.row["content_type_id"]]
        return LOOKS.get(model._meta.label) in caller.may

    def is_their_act(self, row, caller):
        """A line of the log, by them, of something that they may change."""
        if not is_line_of(row, caller) or is_look(row):
            return False
        model = self.kinds[row.row["content_type_id"]]
        return any(permission_for(model, act) in caller.may for act in ALL)

    def follows(self, row, right):
        """Does it come along with one of the rows that were theirs to write?"""
        if row.label in HISTORIES:
            return row.act == ADDED and any(
                (one.label, one.key) == (HISTORIES[row.label], row.row["pgh_obj_id"])
                for one in right
            )
        if is_in(NEWS, row):
            return self.tells_of(row, right)
        return any(
            is_in(FOLLOWS.get(one.label, {}), row) and self.is_near(row, one) for one in right
        )

    def tells_of(self, message, right):
        """Does a message name something that is near to one of the rows?"""
        about = self.rows.with_key(message.row["about"])
        return any(one == other or self.is_near(one, other) for one in about for other in right)

    def is_near(self, row, other):
        """Of the same person, or under the same roof."""
        return bool(
            self.rows.owners(row) & self.rows.owners(other)
            or self.rows.roofs(row) & self.rows.roofs(other)
        )


def is_line_of(row, caller):
    """Is it a new line of the log, in their name?"""
    return row.label == LOG and row.act == ADDED and row.row["user_id"] == caller.key


def is_look(row):
    return any(start in row.row["change_message"] for start in LOOKED)


def permission_for(model, act):
    return f"{model._meta.app_label}.{act}_{model._meta.model_name}"
