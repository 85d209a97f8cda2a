"""A second factor: apps, passkeys and recovery codes; an agency may ask for one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fanal.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0008_sessions_and_invitations"),
    ]

    operations = [
        migrations.AddField(
            model_name="agency",
            name="second_factor",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="Factor",
            fields=[
                (
                    "id",
                    models.UUIDField(default=fanal.kit.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(choices=[("app", "Authenticator app"), ("passkey", "Passkey")], max_length=10),
                ),
                ("name", models.CharField(blank=True, max_length=60)),
                ("credential", models.BinaryField(null=True, unique=True)),
                ("sealed", models.BinaryField()),
                ("used_step", models.BigIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="factors", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["made_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recovery_codes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
