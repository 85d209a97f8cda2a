"""Whether a content was read is given to whom its bytes are.

The lines have no policy: before one, the database may not use the indexes of words (docs/decisions/0018).
"""

from django.db import migrations

from fanal.casework.evidence.policies import bytes_seen
from fanal.core.access.policies import row_policies


class Migration(migrations.Migration):
    dependencies = [("readings", "0001_initial"), ("evidence", "0002_row_policies")]
    operations = [
        row_policies("readings_reading", seen=bytes_seen("readings_reading.content_id")),
    ]
