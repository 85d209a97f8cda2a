"""A case is given to who takes part or is invited; what is in it, to who takes part; links, as far as their thing is.

Cases, participants and offers are written by the system alone, which looks first at who leads.
"""

from django.db import migrations

from fanal.core.access.policies import OWN, row_policies

ROOM = "SELECT id FROM cases_case WHERE (SELECT fanal_connected()) = ANY (members)"
CASE_SEEN = "(SELECT fanal_connected()) = ANY (members) OR (SELECT fanal_connected()) = ANY (invited)"
MEMBER = f"case_id IN ({ROOM})"
OWN_MEMBER = f"{OWN} AND {MEMBER}"
STANDING = f"{MEMBER} AND (withdrawn_at IS NULL OR {OWN})"

LINK_SEEN = f"""
    {MEMBER}
    AND (content_id IS NULL OR EXISTS (SELECT FROM evidence_content c WHERE c.id = cases_link.content_id))
    AND (exhibit_id IS NULL OR EXISTS (SELECT FROM evidence_exhibit e WHERE e.id = cases_link.exhibit_id))
    AND (clue_id IS NULL OR EXISTS (SELECT FROM registry_clue c WHERE c.id = cases_link.clue_id))
    AND (lead_id IS NULL OR EXISTS (
        SELECT FROM leads_lead l
          JOIN evidence_content one ON one.id = l.left_id
          JOIN evidence_content other ON other.id = l.right_id
         WHERE l.id = cases_link.lead_id))
"""  # noqa: S608 - all of it is ours
EVENT_SEEN = f"{MEMBER} AND (link_id IS NULL OR EXISTS (SELECT FROM cases_link l WHERE l.id = cases_event.link_id))"
TEXT_WRITTEN = f"note_id IN (SELECT id FROM cases_note WHERE {OWN})"  # noqa: S608 - all of it is ours


class Migration(migrations.Migration):
    replaces = [
        ("cases", "0003_links_and_events"),
        ("cases", "0004_row_policies"),
        ("cases", "0005_exhibits_may_go"),
    ]
    dependencies = [
        ("cases", "0002_contributions"),
        ("evidence", "0002_row_policies"),
        ("registry", "0002_row_policies"),
    ]
    operations = [
        row_policies("cases_case", seen=CASE_SEEN),
        row_policies("cases_participant", seen="case_id IN (SELECT id FROM cases_case)"),
        row_policies("cases_offer", seen=MEMBER),
        row_policies("cases_link", seen=LINK_SEEN, written=MEMBER),
        row_policies("cases_note", seen=STANDING, written=OWN_MEMBER),
        row_policies("cases_notetext", seen="note_id IN (SELECT id FROM cases_note)", written=TEXT_WRITTEN),
        row_policies("cases_task", seen=STANDING, written=MEMBER),
        row_policies("cases_decision", seen=STANDING, written=OWN_MEMBER),
        row_policies("cases_document", seen=STANDING, written=OWN_MEMBER),
        row_policies("cases_event", seen=EVENT_SEEN),
    ]
