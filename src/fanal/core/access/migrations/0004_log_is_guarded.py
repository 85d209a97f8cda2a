"""The log is read for the system alone; whoever does something adds to it.

It stands here and not in the log's own app, which knows of no rights.
"""

from django.db import migrations

from fanal.core.access.policies import NOBODY, row_policies

TURN = """
ALTER FUNCTION audit_take_turn RENAME TO audit_turn;
-- The turn to append, for whoever asks: the end of the log is read as the system, and then the setting is as it was.
CREATE FUNCTION audit_take_turn(
    patience_ms integer, OUT size bigint, OUT roots bytea[], OUT signed bigint, OUT key text
) LANGUAGE plpgsql AS $$
DECLARE
    asks text := coalesce(current_setting('fanal.agency', true), '');
BEGIN
    PERFORM set_config('fanal.agency', 'everybody', true);
    SELECT * INTO size, roots, signed, key FROM audit_turn(patience_ms);
    PERFORM set_config('fanal.agency', asks, true);
END
$$;
"""
NO_TURN = """
DROP FUNCTION audit_take_turn;
ALTER FUNCTION audit_turn RENAME TO audit_take_turn;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0003_connected_by_plan"), ("audit", "0002_only_grows")]
    operations = [
        migrations.RunSQL(TURN, NO_TURN),
        row_policies("audit_leaf", seen=NOBODY, added="true"),
    ]
