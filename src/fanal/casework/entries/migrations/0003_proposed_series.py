"""Series that accepted leads propose are kept as rows: an agency reads its own, the system alone writes them."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from fanal.core.access.policies import OWN, row_policies


class Migration(migrations.Migration):
    dependencies = [("entries", "0002_row_policies")]

    operations = [
        migrations.CreateModel(
            name="ProposedSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                ("contents", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("leads", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("settled", models.BooleanField()),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.agency"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["agency", "settled", "place"], name="proposed_in_order"),
                    django.contrib.postgres.indexes.GinIndex(fields=["contents"], name="proposed_contents"),
                ],
            },
        ),
        row_policies("entries_proposedseries", seen=OWN),
    ]
