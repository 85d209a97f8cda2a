"""Whoever agrees as the second officer does so with a scope of its own."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0005_roles")]

    operations = [
        migrations.AlterField(
            model_name="token",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("read", "Read"),
                        ("submit", "Submit"),
                        ("judge", "Judge"),
                        ("check", "Ask by digests"),
                        ("log", "Read the log"),
                        ("approve", "Agree as the second officer"),
                    ],
                    max_length=10,
                ),
                size=None,
            ),
        ),
    ]
