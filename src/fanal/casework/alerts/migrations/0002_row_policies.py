"""An agency is given its own alerts; the system raises them."""

from django.db import migrations

from fanal.core.access.policies import OWN, row_policies


class Migration(migrations.Migration):
    replaces = [
        ("alerts", "0003_alter_alert_kind"),
        ("alerts", "0004_alter_alert_kind"),
        ("alerts", "0005_notices"),
        ("alerts", "0006_series_proposed"),
    ]
    dependencies = [("alerts", "0001_initial"), ("access", "0002_asking")]
    operations = [
        row_policies("alerts_alert", seen=OWN, written=OWN),
        row_policies("alerts_told", seen=OWN),
    ]
