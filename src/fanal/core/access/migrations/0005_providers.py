"""Providers of single agencies, whose people alone they let in, and what sessions and links keep of a provider.

Only the system writes which there are: the operator's terminal.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import fanal.kit.ids
from fanal.core.access.policies import OWN, row_policies


def words() -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=200), blank=True, default=list, size=None
    )


class Migration(migrations.Migration):
    dependencies = [("access", "0004_log_is_guarded")]
    operations = [
        migrations.CreateModel(
            name="AgencyProvider",
            fields=[
                (
                    "id",
                    models.UUIDField(default=fanal.kit.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("word", models.CharField(max_length=40, unique=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="providers", to="access.agency"
                    ),
                ),
                ("issuer", models.CharField(max_length=500)),
                ("client", models.CharField(max_length=200)),
                ("sealed", models.BinaryField(null=True)),
                ("key_file", models.CharField(blank=True, max_length=500)),
                ("name", models.CharField(max_length=100)),
                ("acr", words()),
                ("amr", words()),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["name", "word"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["agency", "issuer"],
                        name="provider_once_an_agency",
                        violation_error_message="The agency has this provider under another word.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("word__regex", "^[a-z0-9-]{2,40}$"), models.Q(("word", "settings"), _negated=True)
                        ),
                        name="provider_word_is_plain",
                        violation_error_message=(
                            "The word is not 2 to 40 small letters, digits or hyphens, or it is taken."
                        ),
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sealed", None), ("key_file", ""), _connector="XOR"),
                        name="provider_has_secret_or_key",
                        violation_error_message="There is neither a secret nor a key, or both.",
                    ),
                ],
            },
        ),
        row_policies("access_agencyprovider", seen=OWN),
        migrations.CreateModel(
            name="SpentToken",
            fields=[
                ("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
            ],
        ),
        migrations.AddField("providerlink", "sealed", models.BinaryField(null=True)),
        migrations.AddField("session", "provider", models.CharField(blank=True, max_length=40)),
        migrations.AddField("session", "subject", models.BinaryField(max_length=32, null=True)),
        migrations.AddField("session", "sid", models.BinaryField(max_length=32, null=True)),
    ]
