"""What was made of a content's bytes is given to whom the bytes are; the system alone makes it."""

from django.db import migrations

from fanal.casework.evidence.policies import bytes_seen
from fanal.core.access.policies import row_policies


class Migration(migrations.Migration):
    replaces = [("prints", "0003_computed"), ("prints", "0004_cameras"), ("prints", "0005_row_policies")]
    dependencies = [("prints", "0002_feed"), ("evidence", "0002_row_policies")]
    operations = [
        row_policies(table, seen=bytes_seen(f"{table}.content_id"))
        for table in ("prints_print", "prints_computed", "prints_preview")
    ]
