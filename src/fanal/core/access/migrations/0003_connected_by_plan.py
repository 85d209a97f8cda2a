"""Whether the asking agency is connected is asked some dozen times a statement: with a plan that is kept."""

from django.db import migrations

BODY = "SELECT id FROM access_agency WHERE id = fanal_agency() AND connected"
KEEPING_ITS_PLAN = f"""
CREATE OR REPLACE FUNCTION fanal_connected() RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN ({BODY});
END
$$;
"""
PLANNED_EACH_TIME = f"""
CREATE OR REPLACE FUNCTION fanal_connected() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$ {BODY} $$;
"""


class Migration(migrations.Migration):
    """A function in SQL is planned anew wherever a statement calls it."""

    dependencies = [("access", "0002_asking")]
    operations = [migrations.RunSQL(KEEPING_ITS_PLAN, PLANNED_EACH_TIME)]
