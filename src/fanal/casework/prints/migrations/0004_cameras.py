"""Files of one camera are found by the beginning of their camera prints, and walked in the order of their contents."""

from django.db import migrations

FORWARD = """
CREATE INDEX prints_camera ON prints_print (substring(data, 1, 17), content_id) WHERE technique = 'camera/1';
"""
BACKWARD = "DROP INDEX prints_camera;"


class Migration(migrations.Migration):
    dependencies = [("prints", "0003_computed")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
