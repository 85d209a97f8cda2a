"""Leads that are set aside are found without going through all that are open."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads", "0002_row_policies")]

    operations = [
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                fields=["-confidence", "-created_at"],
                condition=models.Q(("aside__isnull", False), ("state", "open")),
                name="lead_set_aside",
            ),
        ),
    ]
