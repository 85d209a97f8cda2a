"""The shelf."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("procrastinate", "0041_post_retry_failed_job")]

    operations = [
        migrations.CreateModel(
            name="ShelvedJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("job", models.BigIntegerField(unique=True)),
                ("task", models.CharField(max_length=128)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("arguments", models.JSONField(default=dict)),
                ("attempts", models.PositiveIntegerField()),
                ("code", models.CharField(max_length=100)),
                ("reason", models.TextField()),
                ("shelved_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["job"],
                "indexes": [models.Index(fields=["task", "shelved_at"], name="shelf_by_task")],
            },
        ),
    ]
