"""Digests go to addresses that their person confirmed. Those of before are asked with their next mail."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0003_pause_and_secrets"),
    ]

    operations = [
        migrations.AddField(
            model_name="digest",
            name="asked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="digest",
            name="confirmed_at",
            field=models.DateTimeField(null=True),
        ),
    ]
