"""What each staff group may do; `manage.py sync_roles` writes it after every migrate."""

from collections.abc import Iterator

from django.contrib.auth.models import Group, Permission

ALL = ("view", "add", "change")

# group -> app_label.model -> actions; apps other than collective are named by label only
ROLES: dict[str, dict[str, tuple[str, ...]]] = {
    "Coordinators": {
        "collective.call": ALL,
        "collective.callpicture": (*ALL, "delete"),
        "collective.activity": ALL,
        "collective.community": ALL,
        "collective.page": ALL,
        "collective.supportline": (*ALL, "delete"),
        "collective.person": ALL,
        "collective.announcement": (*ALL, "delete"),
        "collective.follow": ("view",),
        "collective.followup": ALL,
        "collective.message": ("view", "change"),
        "collective.sweeprun": ("view",),
        "collective.deletionrequest": ("view", "change"),
        "events.session": ALL,
        "events.material": (*ALL, "delete"),
        "events.reminder": (*ALL, "delete"),
        "events.registration": ("view", "change"),
        "events.accessneed": ("view", "change"),
        "events.conversationseries": ALL,
        "events.conversation": ("view", "change"),
        "events.timerequest": ("view", "change"),
        "policy_drafts.policy": ALL,
        "policy_drafts.policyrole": ("view", "add"),
        "policy_drafts.round": (*ALL, "delete"),
    },
    "Finance": {
        "collective.call": ("view",),
        "collective.activity": ("view",),
        "collective.person": ("view",),
        "events.session": ("view",),
        "events.registration": ("view",),
        "events.conversationseries": ("view",),
        "payments.payment": ("view", "change"),
        "payments.expense": ("view", "change"),
        "payments.expenselimit": (*ALL, "delete"),
        "payments.paymentrules": ("view", "change"),
        "payments.payoutaccount": ("view", "change"),
        "payments.review": ("view", "change"),
        "payments.unknownmovement": ("view", "change"),
    },
    "Who sees what is told in confidence": {"events.conversation": ("view", "change")},
    "Safeguarding leads": {
        "collective.supportline": (*ALL, "delete"),
        "collective.page": ("view", "change"),
    },
}
EXTRA = {
    "Who sees what is told in confidence": [
        "events.view_confidential",
        "collective.print_held",
    ],
    "Coordinators": [
        "events.view_access_needs",
        "collective.view_contact_details",
        "collective.send_announcement",
        "payments.record_choice",
    ],
    "Finance": ["payments.approve_payment", "payments.record_choice", "payments.pay_by_hand"],
}


def sync() -> None:
    """Give each group exactly the permissions listed here.

    Raises Permission.DoesNotExist for a name that is off.
    """
    for name, models in ROLES.items():
        wanted = [*_names(models), *EXTRA.get(name, [])]
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set([_permission(permission) for permission in wanted])


def _names(models: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Names of permissions as Django writes them: app_label.action_model."""
    for path, actions in models.items():
        label, model = path.split(".")
        for action in actions:
            yield f"{label}.{action}_{model}"


def _permission(name: str) -> Permission:
    label, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=label, codename=codename)
