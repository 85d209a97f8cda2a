"""An agency is given its own rules, holds and deletions, and what remains of what it deleted."""

from django.db import migrations

from fanal.core.access.policies import OWN, row_policies


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_initial"), ("access", "0002_asking")]
    operations = [
        row_policies(f"retention_{table}", seen=OWN, written=OWN) for table in ("rule", "hold", "deletion", "tombstone")
    ]
