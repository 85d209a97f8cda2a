"""A deed says what it is about, so that its policy gives it to whoever is given that, and to its own agency."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from fanal.casework.evidence.policies import bytes_seen
from fanal.core.access.policies import OWN, seen_from_now_on

SAY = """
DO $$
DECLARE
    asked text := coalesce(current_setting('fanal.agency', true), '');
BEGIN
    PERFORM set_config('fanal.agency', 'everybody', true);
    UPDATE entries_deed deed SET entries = ARRAY(
        SELECT id FROM entries_entry WHERE deed_id = deed.id
        UNION SELECT entry_id FROM entries_fact WHERE deed_id = deed.id
        UNION SELECT unnest(ARRAY[entry_id, other_id])
                FROM entries_linkverdict said JOIN entries_link link ON link.id = said.link_id WHERE said.deed_id = deed.id
        UNION SELECT unnest(ARRAY[gone_id, kept_id]) FROM entries_merge WHERE deed_id = deed.id
        UNION SELECT entry_id FROM entries_countryverdict WHERE deed_id = deed.id
        EXCEPT SELECT NULL
    ), content_id = (
        SELECT content_id FROM entries_countryverdict WHERE deed_id = deed.id AND content_id IS NOT NULL LIMIT 1
    );
    PERFORM set_config('fanal.agency', asked, true);
END
$$;
"""

BEFORE = f"{OWN} OR (SELECT fanal_connected()) IS NOT NULL"
SEEN = f"""
    {OWN}
    OR (SELECT fanal_connected()) IS NOT NULL AND (
        EXISTS (SELECT FROM entries_entry about WHERE about.id = ANY (entries_deed.entries))
        OR (content_id IS NOT NULL AND {bytes_seen("entries_deed.content_id")})
    )
"""  # noqa: S608 - all of it is ours


class Migration(migrations.Migration):
    """Until now a connected agency was given of every deed that it was done, and by whom."""

    dependencies = [("entries", "0004_shown")]

    operations = [
        migrations.AddField(
            model_name="deed",
            name="entries",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name="deed",
            name="content",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evidence.content"
            ),
        ),
        migrations.RunSQL(SAY, "SELECT 1"),
        seen_from_now_on("entries_deed", seen=SEEN, before=BEFORE),
    ]
