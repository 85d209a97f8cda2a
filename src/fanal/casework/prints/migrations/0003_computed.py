import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0001_initial"),
        ("prints", "0002_feed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Computed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("technique", models.CharField(max_length=20)),
                ("refusal", models.SmallIntegerField(null=True)),
                (
                    "content",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evidence.content"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("technique", "content"), name="computed_once_a_technique")
                ],
            },
        ),
    ]
