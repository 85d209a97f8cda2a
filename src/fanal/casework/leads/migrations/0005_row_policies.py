"""An agency is given its own searches; the system answers them."""

from django.db import migrations

from fanal.core.access.policies import OWN, row_policies


class Migration(migrations.Migration):
    dependencies = [("leads", "0004_lead_aside_uncounted"), ("access", "0004_asking")]
    operations = [
        row_policies("leads_regionsearch", seen=OWN, written=OWN),
    ]
