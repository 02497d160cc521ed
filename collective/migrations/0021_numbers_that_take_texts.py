from django.db import migrations

MOBILE = r"^\s*(0|\+44|0044)\s*7"  # Ofcom's plan: 07 is for mobiles,
PERSONAL = r"^\s*(0|\+44|0044)\s*7\s*0"  # but 070, which takes no texts
FOR_TEXTS_ONLY = r"^\s*[678](\s*\d){4,6}\s*$"  # short codes, as 85258


def note(apps, schema_editor):
    """What took texts so far takes them by name now; nothing that staff wrote is lost."""
    community = apps.get_model("collective", "Community").objects
    for row in community.filter(text_number="", phone__regex=MOBILE).exclude(phone__regex=PERSONAL):
        community.filter(pk=row.pk).update(text_number=row.phone)
    lines = apps.get_model("collective", "SupportLine").objects
    for row in lines.filter(text_number="", phone__regex=FOR_TEXTS_ONLY):
        lines.filter(pk=row.pk).update(text_number=row.phone, phone="")


def forget(apps, schema_editor):
    """The number for texts stands where it stood, and where nobody can ring it, under phone."""
    lines = apps.get_model("collective", "SupportLine").objects
    for row in lines.filter(phone="").exclude(text_number=""):
        lines.filter(pk=row.pk).update(phone=row.text_number)


class Migration(migrations.Migration):
    dependencies = [("collective", "0020_numbers_for_texts")]

    operations = [migrations.RunPython(note, forget)]
