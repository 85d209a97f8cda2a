"""Scopes of people and of addresses outside."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0010_provider_links"),
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
                        ("approve", "Agree as the second officer"),
                        ("case", "Work in cases"),
                        ("people", "Invite, suspend and restore people"),
                        ("reach", "Say to which addresses alerts are sent"),
                    ],
                    max_length=10,
                ),
                size=None,
            ),
        ),
    ]
