"""Each entry keeps who sees bytes of it, so that its policy looks at one row: the whole rule holds below all code.

Who sees an entry follows from all its contents, those of its series too, and from the submissions that they lie in. As a
policy that cost too much (docs/decisions/0018). So the database works it out anew whenever one of these changes, in the
transaction that changes it: a link, an exhibit, the visibility of a submission.

Two that change things at once must not miss each other's. Deeds and changes of visibility wait for the same turn. A deed
locks the contents that it links, as deliveries do (`evidence.actions.take_turn`): of a new link and a new exhibit the
later sees the earlier. Entries are locked last, series first, and only then it is read what is in them.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

from fanal.casework.evidence.policies import bytes_seen
from fanal.core.access.policies import OWN, row_given, seen_from_now_on

# Those that triggers call are the caller's: whoever calls them by hand is given what the policies give.
AS_OWNER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"
ASKED = "asked text := coalesce(current_setting('fanal.agency', true), '')"
AS_SYSTEM = "PERFORM set_config('fanal.agency', 'everybody', true)"
AS_BEFORE = "PERFORM set_config('fanal.agency', asked, true)"

FUNCTIONS = f"""
-- Lock entries: what is read of them after that is as the one before left it.
CREATE FUNCTION entries_lock(chosen uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM entries_entry WHERE id = ANY (chosen) ORDER BY kind <> 'series', id DESC FOR NO KEY UPDATE;
END
$$;

-- Work out who sees bytes of these entries.
CREATE FUNCTION entries_show(changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM entries_lock(changed);
    UPDATE entries_entry entry SET shown_to_all = now.everyone, shown_to = now.agencies
    FROM (
        WITH belonging AS (
            SELECT entry_id, content_id FROM entries_link
             WHERE entry_id = ANY (changed) AND state = 'same' AND content_id IS NOT NULL
            UNION
            SELECT part.entry_id, held.content_id
              FROM entries_link part
              JOIN entries_entry series ON series.id = part.other_id AND series.kind = 'series'
              JOIN entries_link held ON held.entry_id = series.id AND held.state = 'same' AND held.content_id IS NOT NULL
             WHERE part.entry_id = ANY (changed) AND part.state = 'same'
        ), lying AS (
            SELECT DISTINCT entry_id, submission_id FROM belonging JOIN evidence_exhibit USING (content_id)
        ), shown AS (
            SELECT entry_id, visibility, agency_id || named AS agencies
              FROM lying JOIN evidence_submission held ON held.id = submission_id AND NOT hash_only
        )
        SELECT id, everyone, CASE WHEN everyone THEN '{{}}' ELSE ARRAY(
            SELECT DISTINCT agency FROM shown, unnest(agencies) agency WHERE entry_id = id ORDER BY agency
        ) END AS agencies
        FROM unnest(changed) id,
        LATERAL (SELECT EXISTS (SELECT FROM shown WHERE entry_id = id AND visibility = 'all_connected') AS everyone) found
    ) now
     WHERE entry.id = now.id AND (entry.shown_to_all, entry.shown_to) IS DISTINCT FROM (now.everyone, now.agencies);
END
$$;

-- These entries, and those that are in one of them; of those that all see already only if `all_too`. Lock these before.
CREATE FUNCTION entries_with_parts(direct uuid[], all_too boolean) RETURNS uuid[] LANGUAGE plpgsql AS $$
BEGIN
    RETURN ARRAY(
        SELECT id FROM entries_entry
         WHERE (all_too OR NOT shown_to_all) AND id IN (
            SELECT unnest(direct)
            UNION SELECT entry_id FROM entries_link WHERE other_id = ANY (direct) AND state = 'same'
         )
    );
END
$$;

-- Work out who sees bytes of the entries that contents are of, directly or through a series.
CREATE FUNCTION entries_show_contents(held bigint[], all_too boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    direct uuid[] := ARRAY(
        SELECT DISTINCT entry_id FROM entries_link WHERE content_id = ANY (held) AND state = 'same'
    );
    changed uuid[];
BEGIN
    IF direct <> '{{}}' THEN
        PERFORM entries_lock(direct);
        changed := entries_with_parts(direct, all_too);
        IF changed <> '{{}}' THEN
            PERFORM entries_show(changed);
        END IF;
    END IF;
END
$$;

CREATE FUNCTION entries_links_changed() RETURNS trigger {AS_OWNER} AS $$
DECLARE
    {ASKED};
    links uuid[];
    contents bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        links := ARRAY(SELECT id FROM fresh WHERE state = 'same');
    ELSE
        links := ARRAY(
            SELECT fresh.id FROM fresh JOIN gone USING (id)
             WHERE fresh.state <> gone.state AND 'same' IN (fresh.state, gone.state)
        );
    END IF;
    IF links = '{{}}' THEN
        RETURN NULL;
    END IF;
    {AS_SYSTEM};
    contents := ARRAY(SELECT content_id FROM entries_link WHERE id = ANY (links) AND content_id IS NOT NULL);
    PERFORM FROM evidence_content WHERE id = ANY (contents) ORDER BY sha256 FOR NO KEY UPDATE;
    PERFORM entries_lock(ARRAY(
        SELECT unnest(ARRAY[entry_id, other_id]) FROM entries_link WHERE id = ANY (links)
    ));
    PERFORM entries_show(entries_with_parts(ARRAY(SELECT entry_id FROM entries_link WHERE id = ANY (links)), true));
    {AS_BEFORE};
    RETURN NULL;
END
$$;

CREATE FUNCTION entries_exhibits_changed() RETURNS trigger {AS_OWNER} AS $$
DECLARE
    {ASKED};
BEGIN
    {AS_SYSTEM};
    IF TG_OP = 'INSERT' THEN
        PERFORM entries_show_contents(ARRAY(SELECT DISTINCT content_id FROM fresh), false);
    ELSE
        PERFORM entries_show_contents(ARRAY(SELECT DISTINCT content_id FROM gone), true);
    END IF;
    {AS_BEFORE};
    RETURN NULL;
END
$$;

CREATE FUNCTION entries_submission_shown() RETURNS trigger {AS_OWNER} AS $$
DECLARE
    {ASKED};
BEGIN
    {AS_SYSTEM};
    PERFORM pg_advisory_xact_lock(hashtext('fanal.entries'));  -- the turn of deeds
    PERFORM entries_show_contents(
        ARRAY(SELECT DISTINCT content_id FROM evidence_exhibit WHERE submission_id = NEW.id), true
    );
    {AS_BEFORE};
    RETURN NULL;
END
$$;
"""  # noqa: S608 - all of it is ours
TRIGGERS = """
CREATE TRIGGER entries_linked AFTER INSERT ON entries_link
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION entries_links_changed();
CREATE TRIGGER entries_judged AFTER UPDATE ON entries_link
    REFERENCING NEW TABLE AS fresh OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION entries_links_changed();
CREATE TRIGGER entries_came AFTER INSERT ON evidence_exhibit
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION entries_exhibits_changed();
CREATE TRIGGER entries_went AFTER DELETE ON evidence_exhibit
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION entries_exhibits_changed();
CREATE TRIGGER entries_shown AFTER UPDATE OF visibility, named, hash_only, agency_id ON evidence_submission FOR EACH ROW
    WHEN (
        (OLD.visibility, OLD.named, OLD.hash_only, OLD.agency_id)
        IS DISTINCT FROM (NEW.visibility, NEW.named, NEW.hash_only, NEW.agency_id)
    )
    EXECUTE FUNCTION entries_submission_shown();
"""
NO_TRIGGERS = """
DROP TRIGGER entries_shown ON evidence_submission;
DROP TRIGGER entries_went ON evidence_exhibit;
DROP TRIGGER entries_came ON evidence_exhibit;
DROP TRIGGER entries_judged ON entries_link;
DROP TRIGGER entries_linked ON entries_link;
"""
NO_FUNCTIONS = """
DROP FUNCTION entries_submission_shown();
DROP FUNCTION entries_exhibits_changed();
DROP FUNCTION entries_links_changed();
DROP FUNCTION entries_show_contents(bigint[], boolean);
DROP FUNCTION entries_with_parts(uuid[], boolean);
DROP FUNCTION entries_show(uuid[]);
DROP FUNCTION entries_lock(uuid[]);
"""

WORK_OUT = f"""
DO $$
DECLARE
    {ASKED};
BEGIN
    {AS_SYSTEM};
    PERFORM entries_show(ARRAY(SELECT id FROM entries_entry));
    {AS_BEFORE};
END
$$;
"""  # noqa: S608 - all of it is ours

SHOWN = f"""
    {OWN}
    OR (shown_to_all AND (SELECT fanal_connected()) IS NOT NULL)
    OR (SELECT fanal_connected()) = ANY (shown_to)
"""
OWN_OR_CONNECTED = f"{OWN} OR (SELECT fanal_connected()) IS NOT NULL"
OF_SHOWN = row_given("entries_entry", "entries_link.entry_id")
LINK_SEEN = f"""
    {OF_SHOWN}
    AND CASE WHEN content_id IS NOT NULL THEN {bytes_seen("entries_link.content_id")}
    ELSE {row_given("entries_entry", "entries_link.other_id")} END
"""
LINK_SEEN_BEFORE = f"CASE WHEN content_id IS NOT NULL THEN {bytes_seen('entries_link.content_id')} ELSE {OF_SHOWN} END"


class Migration(migrations.Migration):
    """What triggers run is the owner's and asks for everybody; the setting is as it was when it has ended."""

    dependencies = [("entries", "0003_proposed_series"), ("evidence", "0003_exhibits_in_order")]

    operations = [
        migrations.AddField(
            model_name="entry", name="shown_to_all", field=models.BooleanField(default=False, editable=False)
        ),
        migrations.AddField(
            model_name="entry",
            name="shown_to",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), default=list, editable=False, size=None
            ),
        ),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(WORK_OUT, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        seen_from_now_on("entries_entry", seen=SHOWN, before=OWN_OR_CONNECTED),
        seen_from_now_on("entries_link", seen=LINK_SEEN, before=LINK_SEEN_BEFORE),
    ]
