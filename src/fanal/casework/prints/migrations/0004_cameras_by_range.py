"""Files of one camera are found by a range of their camera prints: an index that row policies let be used."""

from django.db import migrations

FORWARD = """
CREATE INDEX prints_camera_range ON prints_print (data, content_id) WHERE technique = 'camera/1';
DROP INDEX prints_camera;
"""
BACKWARD = """
CREATE INDEX prints_camera ON prints_print (substring(data, 1, 17), content_id) WHERE technique = 'camera/1';
DROP INDEX prints_camera_range;
"""


class Migration(migrations.Migration):
    dependencies = [("prints", "0003_row_policies")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
