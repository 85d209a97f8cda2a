"""A page of a large submission is read by an index in the order of its files."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evidence", "0002_row_policies")]

    operations = [
        migrations.AddIndex(
            model_name="exhibit", index=models.Index(fields=["submission", "id"], name="exhibit_in_order")
        ),
    ]
