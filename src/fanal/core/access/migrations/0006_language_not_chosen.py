"""Who never chose a language reads the desk in that of the page by which they first sign in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0005_providers")]

    operations = [
        migrations.AlterField(
            model_name="user", name="language", field=models.CharField(blank=True, default="", max_length=5)
        )
    ]
