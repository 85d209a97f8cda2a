"""Accounts that are linked with a provider of OpenID Connect."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fanal.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0009_second_factor"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProviderLink",
            fields=[
                (
                    "id",
                    models.UUIDField(default=fanal.kit.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("issuer", models.CharField(max_length=500)),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="links", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["made_at", "id"],
            },
        ),
        migrations.AddConstraint(
            model_name="providerlink",
            constraint=models.UniqueConstraint(fields=("user", "issuer"), name="linked_once_an_issuer"),
        ),
    ]
