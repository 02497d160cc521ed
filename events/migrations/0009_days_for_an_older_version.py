from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0008_days_as_they_were_told")]

    operations = [
        migrations.AlterField(
            model_name="conversation",
            name="forget_after_days",
            field=models.PositiveSmallIntegerField(
                "days until number and topics are removed, as they were told",
                db_default=30,
                editable=False,
                help_text="The series may shorten it later, never make it longer.",
            ),
        ),
    ]
