"""Lines of text are given to whom the bytes of their content are."""

from django.db import migrations

from fanal.casework.evidence.policies import bytes_seen
from fanal.core.access.policies import row_policies


class Migration(migrations.Migration):
    dependencies = [("readings", "0002_row_policies")]
    operations = [
        row_policies("readings_textline", seen=bytes_seen("readings_textline.content_id")),
    ]
