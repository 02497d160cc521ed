from django.db import migrations, models

HELP = "Where the invitation goes; only somebody who signs in with it can accept."


class Migration(migrations.Migration):
    dependencies = [("policy_drafts", "0001_initial")]

    operations = [
        migrations.AlterField("policyrole", "email", models.EmailField(help_text=HELP, max_length=254)),
        migrations.AlterField(
            "policyroleevent", "email", models.EmailField(help_text=HELP, max_length=254)
        ),
    ]
