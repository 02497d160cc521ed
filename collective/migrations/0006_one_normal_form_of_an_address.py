"""One normal form of an address, kept by the database; names without what nobody sees.

Until now an address was kept in lower case and otherwise as it was typed: with a sign that nobody
sees, or with the same domain written in another way, one mailbox was two people. Each address gets
its normal form (collective/typed/addresses.py) here.

Where two records have the same address then, nothing of either is joined, moved or deleted: that is
for staff to look at. One of them keeps the address, and with it the way to sign in: staff before
members, then the record whose address stood in the normal form already, then the oldest. On the
other the address stands as "shared email address", to which its mail still goes; nobody signs in to
it any more. Where it had a shared address already, that one stays. The address in its old form
stands in a follow-up for staff on Today, which asks to join the two, and the migration prints the
two ids. So nobody is shut out: whoever has the mailbox enters the record that keeps it.

An address that no mail of ours can reach (letters beyond ASCII before the @) is taken off its
record, and stands in a follow-up too, which asks staff to find another way to reach this person.

Back again, the addresses stay in their normal form.
"""

from django.db import migrations, models

from collective import clock
from collective.errors import RuleError
from collective.typed import addresses, signs

BEFORE = "0005_plain_words_of_calls"
NORMAL_FORM = r"^[!-?\[-~]+@[a-z0-9.-]+$"
JOIN = (
    "Two records have one email address: {email}, which was typed as “{old}” here. They sign in to "
    "the other one ({other}). Are these two records of one person? Join them."
)
UNREADABLE = (
    "Their email address was kept as “{old}”. Our mail cannot reach such an address, so it is "
    "taken off. Ask them for another one, or tell them things by phone or post."
)


def _read(text):
    """The normal form, or None for what is no address."""
    try:
        return addresses.clean_email(text)
    except RuleError:
        return None


def normalise(apps, schema_editor) -> None:
    Person = apps.get_model("collective", "Person")
    rows = list(
        Person.objects.exclude(email=None).only(
            "pk", "email", "contact_email", "reach_by", "is_staff", "created_at"
        )
    )
    for row in rows:
        row.normal = _read(row.email)
    rows.sort(key=lambda row: (not row.is_staff, row.email != row.normal, row.created_at, row.pk))
    keeps = {}
    for row in rows:
        if row.normal is None:
            _take_off(apps, row)
        elif row.normal in keeps:
            _name_collision(apps, row, keeps[row.normal])
        else:
            keeps[row.normal] = row
    for normal, row in keeps.items():  # last: until here no two rows want the same address
        if row.email != normal:
            Person.objects.filter(pk=row.pk).update(email=normal)


def _name_collision(apps, row, keeper) -> None:
    shared = _read(row.contact_email) or row.normal
    rows = apps.get_model("collective", "Person").objects.filter(pk=row.pk)
    rows.update(email=None, contact_email=shared)
    _ask_staff(apps, row, JOIN.format(email=row.normal, old=row.email, other=keeper.pk))
    print(f"\n    Two people with one address: {row.pk} and {keeper.pk}. See the follow-up on Today.")


def _take_off(apps, row) -> None:
    shared = _read(row.contact_email) or ""
    by = row.reach_by if shared or row.reach_by != "email" else "phone"
    rows = apps.get_model("collective", "Person").objects.filter(pk=row.pk)
    rows.update(email=None, contact_email=shared, reach_by=by)
    _ask_staff(apps, row, UNREADABLE.format(old=row.email))
    print(f"\n    No mail reaches the address of {row.pk}. See the follow-up on Today.")


def _ask_staff(apps, row, what) -> None:
    now = clock.now()
    apps.get_model("collective", "FollowUp").objects.create(
        person_id=row.pk, what=what, due_on=now.date(), created_at=now
    )


def normalise_others(apps, schema_editor) -> None:
    """Shared addresses, and where codes and messages went: nobody signs in with one of these."""
    Person = apps.get_model("collective", "Person")
    for row in Person.objects.exclude(contact_email="").only("pk", "contact_email", "reach_by", "email"):
        normal = _read(row.contact_email)
        if normal is None:
            by = "phone" if row.reach_by == "email" and row.email is None else row.reach_by
            Person.objects.filter(pk=row.pk).update(contact_email="", reach_by=by)
            _ask_staff(apps, row, UNREADABLE.format(old=row.contact_email))
        elif normal != row.contact_email:
            Person.objects.filter(pk=row.pk).update(contact_email=normal)
    for model, name in (("SignIn", "email"), ("Message", "address")):
        rows = apps.get_model("collective", model).objects
        for old in rows.exclude(**{name: ""}).values_list(name, flat=True).distinct():
            if (normal := _read(old)) and normal != old:
                rows.filter(**{name: old}).update(**{name: normal})


def clean_names(apps, schema_editor) -> None:
    Person = apps.get_model("collective", "Person")
    for pk, name in Person.objects.exclude(name="").values_list("pk", "name"):
        clean = signs.clean_line(name)
        if clean != name:
            Person.objects.filter(pk=pk).update(name=clean)


class Migration(migrations.Migration):
    dependencies = [("collective", BEFORE)]

    operations = [
        migrations.RemoveConstraint("person", "person_email_in_lower_case"),
        migrations.RunPython(normalise, migrations.RunPython.noop),
        migrations.RunPython(normalise_others, migrations.RunPython.noop),
        migrations.RunPython(clean_names, migrations.RunPython.noop),
        # PostgreSQL alters no table whose rows still wait for a check at the end of the transaction
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            "person",
            models.UniqueConstraint(
                fields=("email",),
                name="one_person_an_address",
                violation_error_message="There is a person with this address already.",
            ),
        ),
        migrations.AlterField(
            "person",
            "email",
            models.EmailField(
                blank=True, max_length=254, null=True, verbose_name="email address"
            ),
        ),
        migrations.AddConstraint(
            "person",
            models.CheckConstraint(
                condition=models.Q(email__regex=NORMAL_FORM), name="person_email_in_normal_form"
            ),
        ),
        migrations.AddConstraint(
            "person",
            models.CheckConstraint(
                condition=models.Q(contact_email__regex=f"{NORMAL_FORM}|^$"),
                name="person_contact_email_in_normal_form",
            ),
        ),
    ]
