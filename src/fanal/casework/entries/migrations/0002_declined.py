"""An agency may decline a series that leads propose; nobody else learns of it."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from fanal.core.access.policies import row_policies

BY_ITS_PEOPLE = """
EXISTS (SELECT 1 FROM entries_deed AS deed WHERE deed.id = deed_id AND deed.agency_id = (SELECT fanal_agency()))
"""


class Migration(migrations.Migration):
    dependencies = [
        ("entries", "0001_initial"),
        ("access", "0004_asking"),
    ]

    operations = [
        migrations.AlterField(
            model_name="deed",
            name="verb",
            field=models.CharField(
                choices=[
                    ("opened", "Opened"),
                    ("linked", "Judged a link"),
                    ("stated", "Stated"),
                    ("merged", "Merged"),
                    ("split", "Split"),
                    ("country", "Judged a country"),
                    ("declined", "Declined a series"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Declined",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contents", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                (
                    "deed",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="entries.deed"),
                ),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["contents"], name="declined_contents")],
            },
        ),
        row_policies("entries_declined", seen=BY_ITS_PEOPLE, written=BY_ITS_PEOPLE),
    ]
