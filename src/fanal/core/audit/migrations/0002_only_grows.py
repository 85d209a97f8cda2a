"""What Django cannot say: the tables only grow, and one transaction at a time appends."""

from django.db import migrations

ONLY_GROWS = """
-- Rows of the log are never changed, removed or truncated, by whoever and whatever the session is set to.
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log only grows: % of % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
"""

GUARD = """
CREATE TRIGGER audit_keep_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
-- TRUNCATE fires no row trigger.
CREATE TRIGGER audit_keep_table BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
-- ALWAYS: they also fire where session_replication_role is set to replica.
ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_keep_rows;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_keep_table;
"""

UNGUARD = """
DROP TRIGGER audit_keep_rows ON {table};
DROP TRIGGER audit_keep_table ON {table};
"""

TAKE_TURN = """
-- Wait for the one turn to append, then say how the log stands: its size, the hashes of its complete subtrees (widest
-- first), and the size and key of the last checkpoint. The lock is held until the transaction ends, so that indexes
-- have no gaps. lock_timeout is set for this function only; the caller's own setting comes back when it returns.
CREATE FUNCTION audit_take_turn(
    patience_ms integer, OUT size bigint, OUT roots bytea[], OUT signed bigint, OUT key text
) LANGUAGE plpgsql SET lock_timeout = '5s' AS $$
BEGIN
    PERFORM set_config('lock_timeout', patience_ms || 'ms', true);
    -- 'fanal' in ASCII, then the number of this lock.
    PERFORM pg_advisory_xact_lock(x'66616e616c000001'::bigint);
    -- Each statement from here sees what was committed before the lock was ours (READ COMMITTED).
    SELECT coalesce(max(leaf.index) + 1, 0) INTO size FROM audit_leaf leaf;
    SELECT coalesce(array_agg(coalesce(leaf.hash, node.hash) ORDER BY steps.step DESC), '{}') INTO roots
        FROM generate_series(0, 62) AS steps(step)
        LEFT JOIN audit_leaf leaf ON steps.step = 0 AND leaf.index = size - 1
        LEFT JOIN audit_node node ON node.level = steps.step AND node.position = (size >> steps.step) - 1
        WHERE (size >> steps.step) & 1 = 1;
    SELECT point.size, point.key INTO signed, key FROM audit_checkpoint point ORDER BY point.id DESC LIMIT 1;
    signed := coalesce(signed, 0);
END
$$;
"""

TABLES = ("audit_leaf", "audit_node", "audit_checkpoint", "audit_witness", "audit_cosignature")


class Migration(migrations.Migration):
    """Guards the tables and names the turn."""

    replaces = [("audit", "0003_witnesses")]
    dependencies = [("audit", "0001_log")]
    operations = [
        migrations.RunSQL(ONLY_GROWS, "DROP FUNCTION audit_refuse_change();"),
        *(migrations.RunSQL(GUARD.format(table=table), UNGUARD.format(table=table)) for table in TABLES),
        migrations.RunSQL(TAKE_TURN, "DROP FUNCTION audit_take_turn;"),
    ]
