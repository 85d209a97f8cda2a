"""Entries are given to their agency and to connected ones; what is said of contents, to whom their bytes are.

That is more than `queries.visible_entries` gives; since `0004_shown` it is the same. Entries that were merged share a root, whoever may see them; working out what all that was
said amounts to is the system's.
"""

from django.db import migrations

from fanal.casework.evidence.policies import bytes_seen
from fanal.core.access.policies import NOBODY, OWN, row_given, row_policies

OWN_OR_CONNECTED = f"{OWN} OR (SELECT fanal_connected()) IS NOT NULL"


def _of_content_or_entry(table: str) -> str:
    return f"""
        CASE WHEN {table}.content_id IS NOT NULL THEN {bytes_seen(f"{table}.content_id")}
        ELSE {row_given("entries_entry", f"{table}.entry_id")} END
    """


LINK_SEEN = _of_content_or_entry("entries_link")
FACT_SEEN = row_given("entries_entry", "entries_fact.entry_id")
VERDICT_SEEN = row_given("entries_link", "entries_linkverdict.link_id")
MERGE_SEEN = row_given("entries_entry", "entries_merge.gone_id")
COUNTRY_SEEN = _of_content_or_entry("entries_countryverdict")
# That an agency declined a series, nobody else learns.
BY_ITS_PEOPLE = """
EXISTS (SELECT 1 FROM entries_deed AS deed WHERE deed.id = deed_id AND deed.agency_id = (SELECT fanal_agency()))
"""


class Migration(migrations.Migration):
    replaces = [("entries", "0002_declined"), ("entries", "0003_row_policies")]
    dependencies = [("entries", "0001_initial"), ("evidence", "0002_row_policies")]
    operations = [
        row_policies("entries_deed", seen=OWN_OR_CONNECTED, written=OWN),
        row_policies("entries_entry", seen=OWN_OR_CONNECTED, written=OWN),
        row_policies("entries_link", seen=LINK_SEEN, added=LINK_SEEN),
        row_policies("entries_fact", seen=FACT_SEEN, added=FACT_SEEN),
        row_policies("entries_linkverdict", seen=VERDICT_SEEN, added=VERDICT_SEEN),
        row_policies("entries_merge", seen=MERGE_SEEN),
        row_policies("entries_countryverdict", seen=COUNTRY_SEEN, added=COUNTRY_SEEN),
        row_policies("entries_routing", seen=NOBODY),
        row_policies("entries_declined", seen=BY_ITS_PEOPLE, written=BY_ITS_PEOPLE),
    ]
