"""An agency is given its own alerts; the system raises them."""

from django.db import migrations

from fanal.core.access.policies import OWN, row_policies


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial"), ("access", "0004_asking")]
    operations = [
        row_policies("alerts_alert", seen=OWN, written=OWN),
        row_policies("alerts_told", seen=OWN),
    ]
