"""A lead is given to whom the bytes of both its sides are: `queries.visible_leads` in SQL. Judgements follow their
lead; searches are their agency's, and the system answers them.

Whoever is given a lead may change it, for what is said of it changes its state; the system alone proposes and removes.
"""

from django.db import migrations

from fanal.casework.evidence.policies import bytes_seen
from fanal.core.access.policies import OWN, of_own_person, row_given, row_policies

LEAD_SEEN = f"""
    CASE WHEN leads_lead.left_id = leads_lead.right_id THEN (
        SELECT count(DISTINCT held.agency_id) > 1
        FROM evidence_exhibit found JOIN evidence_submission held ON held.id = found.submission_id
        WHERE found.content_id = leads_lead.left_id
    ) ELSE {bytes_seen("leads_lead.left_id")} AND {bytes_seen("leads_lead.right_id")} END
"""  # noqa: S608 - all of it is ours

JUDGEMENT_SEEN = row_given("leads_lead", "leads_judgement.lead_id")
OF_OWN_PEOPLE = of_own_person("leads_judgement.by_id")


class Migration(migrations.Migration):
    replaces = [
        ("leads", "0002_one_a_pair"),
        ("leads", "0003_region_search"),
        ("leads", "0004_lead_aside_uncounted"),
        ("leads", "0005_row_policies"),
        ("leads", "0006_more_row_policies"),
    ]
    dependencies = [("leads", "0001_initial"), ("evidence", "0002_row_policies")]
    operations = [
        row_policies("leads_regionsearch", seen=OWN, written=OWN),
        row_policies("leads_lead", seen=LEAD_SEEN, changed=LEAD_SEEN),
        row_policies(
            "leads_judgement",
            seen=JUDGEMENT_SEEN,
            added=f"{OF_OWN_PEOPLE} AND {JUDGEMENT_SEEN}",
            changed=OF_OWN_PEOPLE,
        ),
        row_policies("leads_uncounted", seen=bytes_seen("leads_uncounted.content_id")),
    ]
