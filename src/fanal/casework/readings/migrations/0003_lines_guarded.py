"""Lines of text are given to whom the bytes of their content are, and found by functions that give out no others.

PostgreSQL uses the indexes of words and runs for nobody whom a policy of the table binds (docs/decisions/0018). It does
not bind the owner of this one, who owns the functions too: they look into the index, and then give out only lines of
contents whose bytes the agency that asks may see. Whoever asks for everybody or nobody is given none.
"""

from django.db import migrations

from fanal.casework.evidence.policies import SUBMISSION_SEEN, bytes_seen
from fanal.core.access.policies import row_policies

SEEN = bytes_seen("line.content_id", held=SUBMISSION_SEEN)
"""With the submission's own rule once more, for a server whose one role is above all policies."""

AS_OWNER = "LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp"
FUNCTIONS = f"""
-- The newest lines that have all of some words, or all of others, in contents before one; null: in all contents.
-- Each search has its plan: a common word is met soon on the way back through the contents, a rare one is in the index.
CREATE FUNCTION readings_having(asked text[], joined text[], before bigint, most integer) RETURNS SETOF bigint
{AS_OWNER} SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    RETURN QUERY
    SELECT line.id FROM readings_textline line
    WHERE (words @> asked OR words @> joined) AND (before IS NULL OR line.content_id < before) AND {SEEN}
    ORDER BY line.content_id DESC, time, position LIMIT most;
END
$$;
-- The likest of the lines that have at least `fewest` of some runs of characters.
-- A line with k of n runs has one of any n - k + 1 of them, so one of the rarest: the server's statistics tell which.
-- PostgreSQL looks up lists of nine and more by a hash, so of many runs each of the line's is looked up, of few each asked.
-- What is alike is known before it is asked who may see it, which costs more, and the likest are asked first.
CREATE FUNCTION readings_alike(asked text[], fewest integer, most integer) RETURNS SETOF bigint
{AS_OWNER} SET plan_cache_mode = force_custom_plan SET enable_seqscan = off AS $$
DECLARE
    rarest text[];
    commonest text[];
BEGIN
    SELECT array_agg(gram ORDER BY coalesce(frequency, 0), gram) INTO asked
    FROM unnest(asked) gram LEFT JOIN (
        SELECT unnest(most_common_elems::text::text[]) AS known, unnest(most_common_elem_freqs) AS frequency
        FROM pg_stats WHERE schemaname = 'public' AND tablename = 'readings_textline' AND attname = 'grams'
    ) counted ON known = gram;
    rarest := asked[:cardinality(asked) - fewest + 1];
    commonest := asked[fewest:];
    RETURN QUERY
    SELECT line.id FROM (
        SELECT candidate.id, content_id, hits, confidence, time, position
        FROM (SELECT * FROM readings_textline WHERE grams && rarest AND grams && commonest OFFSET 0) candidate,
        LATERAL (
            SELECT CASE WHEN cardinality(asked) < 9
            THEN (SELECT count(*) FROM unnest(asked) gram WHERE gram = ANY (candidate.grams))
            ELSE (SELECT count(*) FROM unnest(candidate.grams) gram WHERE gram = ANY (asked)) END AS hits OFFSET 0
        ) shared
        WHERE hits >= fewest ORDER BY hits DESC, confidence DESC, content_id, time, position OFFSET 0
    ) line
    WHERE {SEEN} ORDER BY hits DESC, confidence DESC, content_id, time, position LIMIT most;
END
$$;
"""  # noqa: S608 - all of it is ours
NO_FUNCTIONS = "DROP FUNCTION readings_alike; DROP FUNCTION readings_having;"


class Migration(migrations.Migration):
    """Only the system writes lines."""

    dependencies = [("readings", "0002_row_policies")]
    operations = [
        row_policies("readings_textline", seen=bytes_seen("readings_textline.content_id"), binds_owner=False),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
    ]
