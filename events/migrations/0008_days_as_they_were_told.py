from django.db import migrations, models

# What was booked before keeps what its page says today.
AS_THE_SERIES_SAYS = """
UPDATE events_conversation SET forget_after_days = series.forget_after_days
FROM events_conversationseries AS series
WHERE series.activity_ptr_id = events_conversation.series_id
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0007_nothing_for_the_emptied")]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="forget_after_days",
            field=models.PositiveSmallIntegerField(
                "days until number and topics are removed, as they were told",
                default=30,
                editable=False,
                help_text="The series may shorten it later, never make it longer.",
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(AS_THE_SERIES_SAYS, migrations.RunSQL.noop),
    ]
