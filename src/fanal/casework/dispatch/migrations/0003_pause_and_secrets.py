"""Webhooks that somebody paused, or gave another secret."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0002_row_policies"),
    ]

    operations = [
        migrations.AddField(
            model_name="webhook",
            name="paused",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="webhook",
            name="secret_number",
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
