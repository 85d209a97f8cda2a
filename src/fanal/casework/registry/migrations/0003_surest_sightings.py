"""The surest sightings that wait are found by an index, as the surest leads are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_row_policies")]

    operations = [
        migrations.AddIndex(
            model_name="sighting",
            index=models.Index(fields=["state", "-confidence", "-created_at"], name="sighting_surest_first"),
        ),
    ]
