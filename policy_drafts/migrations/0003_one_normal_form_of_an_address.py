"""Invitations in the normal form of an address, so that whoever signs in with it finds theirs.

An open invitation that would be the second one to the same address in its policy keeps its old
form, and is named: whoever leads the policy can remove it. Titles lose what nobody sees: with a
control character in one, no Word file of the policy could be made.
"""

from django.db import migrations

from collective.errors import RuleError
from collective.typed import addresses, signs

LIVE = ["invited", "accepted"]


def normalise(apps, schema_editor) -> None:
    roles = apps.get_model("policy_drafts", "PolicyRole").objects
    for role in roles.order_by("invited_at"):
        try:
            normal = addresses.read(role.email)
        except RuleError:
            print(f"\n    No mail reaches the address of the invitation {role.pk}.")
            continue
        if normal == role.email:
            continue
        same = roles.filter(policy=role.policy_id, state__in=LIVE, email__iexact=normal)
        if role.state in LIVE and same.exclude(pk=role.pk).exists():
            print(f"\n    Two invitations to one address: {role.pk} keeps its old form.")
            continue
        roles.filter(pk=role.pk).update(email=normal)


def clean_titles(apps, schema_editor) -> None:
    for model in ("Policy", "Section"):
        rows = apps.get_model("policy_drafts", model).objects
        for pk, title in rows.values_list("pk", "title"):
            clean = signs.clean_line(title) or "Without a title"
            if clean != title:
                rows.filter(pk=pk).update(title=clean)


class Migration(migrations.Migration):
    dependencies = [
        ("policy_drafts", "0002_say_who_can_accept"),
        ("collective", "0006_one_normal_form_of_an_address"),
    ]

    operations = [
        migrations.RunPython(normalise, migrations.RunPython.noop),
        migrations.RunPython(clean_titles, migrations.RunPython.noop),
    ]
