"""An agency is given its own notices, and of others those that were sent and are of what it may see; crops, its own."""

from django.db import migrations

from fanal.core.access.policies import OWN, row_policies

KNOWN = "(SELECT fanal_agency()) IS NOT NULL"

# As `queries.visible_notices` and `entries.queries.visible_entries` have it: contents decide, directly or by a series.
NOTICE_SEEN = f"""
    {OWN}
    OR (
        sent_at IS NOT NULL AND (SELECT fanal_connected()) IS NOT NULL
        AND (
            EXISTS (SELECT FROM evidence_content held WHERE held.id = ANY (notices_notice.contents))
            OR EXISTS (
                SELECT FROM entries_entry entry
                 WHERE entry.id = notices_notice.entry_id AND entry.agency_id = (SELECT fanal_agency())
            )
            OR EXISTS (
                SELECT FROM entries_link link JOIN evidence_content held ON held.id = link.content_id
                 WHERE link.state = 'same'
                   AND (
                        link.entry_id = notices_notice.entry_id
                        OR link.entry_id IN (
                            SELECT series.other_id FROM entries_link series
                             WHERE series.entry_id = notices_notice.entry_id AND series.state = 'same'
                        )
                   )
            )
        )
    )
"""  # noqa: S608 - all of it is ours
OF_SEEN = "notice_id IN (SELECT id FROM notices_notice)"
OF_OWN = f"notice_id IN (SELECT id FROM notices_notice WHERE {OWN})"  # noqa: S608 - all of it is ours


class Migration(migrations.Migration):
    """Four tables. Whom a country's notices go to every agency may know; who entered it may change it."""

    dependencies = [("notices", "0001_initial"), ("entries", "0001_initial"), ("evidence", "0002_row_policies")]
    operations = [
        row_policies("notices_recipient", seen=KNOWN, written="of_id = (SELECT fanal_agency())"),
        row_policies("notices_notice", seen=NOTICE_SEEN, written=OWN),
        row_policies("notices_step", seen=OF_SEEN, written=OF_OWN),
        row_policies("notices_crop", seen=OF_OWN, written=OF_OWN),
    ]
