"""What was made of a content's bytes is given to whom the bytes are; the system alone makes it."""

from django.db import migrations

from fanal.casework.evidence.policies import bytes_seen
from fanal.core.access.policies import row_policies


class Migration(migrations.Migration):
    dependencies = [("prints", "0004_cameras"), ("evidence", "0006_more_row_policies")]
    operations = [
        row_policies(table, seen=bytes_seen(f"{table}.content_id"))
        for table in ("prints_print", "prints_computed", "prints_preview")
    ]
