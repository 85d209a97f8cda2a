"""A sent notice is given to whoever is given its entry, or sees bytes that it is of: `queries.visible_notices` in SQL."""

from importlib import import_module

from django.db import migrations

from fanal.core.access.policies import OWN, row_given, seen_from_now_on

BEFORE: str = import_module("fanal.casework.notices.migrations.0002_row_policies").NOTICE_SEEN
SEEN = f"""
    {OWN}
    OR (
        sent_at IS NOT NULL AND (SELECT fanal_connected()) IS NOT NULL
        AND (
            {row_given("entries_entry", "notices_notice.entry_id")}
            OR EXISTS (
                SELECT FROM evidence_exhibit found JOIN evidence_submission held ON held.id = found.submission_id
                 WHERE found.content_id = ANY (notices_notice.contents) AND NOT held.hash_only
            )
        )
    )
"""  # noqa: S608 - all of it is ours


class Migration(migrations.Migration):
    """Until now an entry counted as seen where a content of it was, be it by its digest alone."""

    dependencies = [("notices", "0002_row_policies"), ("entries", "0004_shown")]
    operations = [seen_from_now_on("notices_notice", seen=SEEN, before=BEFORE)]
