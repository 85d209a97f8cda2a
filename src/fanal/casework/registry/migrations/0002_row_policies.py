"""An agency is given its own clues, and those that others share while they are looked for."""

from django.db import migrations

from fanal.core.access.policies import OWN, row_policies

CLUE_SEEN = f"{OWN} OR (shared AND withdrawn_at IS NULL AND (SELECT fanal_connected()) IS NOT NULL)"


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial"), ("access", "0004_asking")]
    operations = [
        row_policies("registry_clue", seen=CLUE_SEEN, written=OWN),
    ]
