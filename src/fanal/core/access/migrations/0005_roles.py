"""The central desk and machines have roles of their own, and whoever reads the log a scope."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_asking"),
    ]

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
                    ],
                    max_length=10,
                ),
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.CharField(
                choices=[
                    ("officer", "Officer"),
                    ("supervisor", "Supervisor"),
                    ("administrator", "Administrator"),
                    ("auditor", "Auditor"),
                    ("central", "Central desk"),
                    ("service", "Service account"),
                ],
                default="officer",
                max_length=20,
            ),
        ),
    ]
