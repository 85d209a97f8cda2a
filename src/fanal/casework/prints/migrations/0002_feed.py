"""What Django cannot say: prints are fed in turn, and never change."""

from django.db import migrations

# Feed numbers and removals become visible in the order of their numbers: the turn is held until the commit, and taken
# before the first row is touched, so that no two transactions wait for each other's turn and row.
TAKE_TURN = """
CREATE FUNCTION prints_take_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('fanal.prints.feed'));
    RETURN NULL;
END $$;
CREATE TRIGGER prints_in_turn BEFORE INSERT OR DELETE ON prints_print
    FOR EACH STATEMENT EXECUTE FUNCTION prints_take_turn();
"""

# However a print is deleted, the live indexes hear of it.
NOTE_REMOVALS = """
CREATE FUNCTION prints_note_removals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO prints_removal (technique, feed) SELECT technique, feed FROM gone ORDER BY feed;
    RETURN NULL;
END $$;
CREATE TRIGGER prints_removed AFTER DELETE ON prints_print REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION prints_note_removals();
"""

# Emptied at once: there is no list of what is gone, so everybody begins anew.
NOTE_EMPTYING = """
CREATE FUNCTION prints_note_emptying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM prints_generation;
    RETURN NULL;
END $$;
CREATE TRIGGER prints_emptied AFTER TRUNCATE ON prints_print
    FOR EACH STATEMENT EXECUTE FUNCTION prints_note_emptying();
"""

# An index that took a print in never looks at it again.
NEVER_CHANGE = """
CREATE FUNCTION prints_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a print never changes: delete it and make it anew' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER prints_unchanging BEFORE UPDATE OF feed, technique, data, turned, quality ON prints_print
    FOR EACH ROW EXECUTE FUNCTION prints_refuse_change();
"""

# Files of one camera are found by the beginning of their camera prints, and walked in the order of their contents.
CAMERAS = """
CREATE INDEX prints_camera ON prints_print (substring(data, 1, 17), content_id) WHERE technique = 'camera/1';
"""


class Migration(migrations.Migration):
    dependencies = [("prints", "0001_initial")]
    operations = [
        migrations.RunSQL(TAKE_TURN, "DROP FUNCTION prints_take_turn CASCADE;"),
        migrations.RunSQL(NOTE_REMOVALS, "DROP FUNCTION prints_note_removals CASCADE;"),
        migrations.RunSQL(NOTE_EMPTYING, "DROP FUNCTION prints_note_emptying CASCADE;"),
        migrations.RunSQL(NEVER_CHANGE, "DROP FUNCTION prints_refuse_change CASCADE;"),
        migrations.RunSQL(CAMERAS, "DROP INDEX prints_camera;"),
    ]
