"""Local prints and sealed previews are stored as they are: nothing makes them smaller, and trying costs at each row."""

from django.db import migrations

FORWARD = """
ALTER TABLE prints_print ALTER COLUMN data SET STORAGE EXTERNAL;
ALTER TABLE prints_preview ALTER COLUMN sealed SET STORAGE EXTERNAL;
"""
BACKWARD = """
ALTER TABLE prints_print ALTER COLUMN data SET STORAGE EXTENDED;
ALTER TABLE prints_preview ALTER COLUMN sealed SET STORAGE EXTENDED;
"""


class Migration(migrations.Migration):
    dependencies = [("prints", "0004_cameras_by_range")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
