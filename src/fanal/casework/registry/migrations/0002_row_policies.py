"""A clue is given with its picture, what is seen everywhere without it too: `queries.visible_clues` in SQL.

Sightings are given to whom both sides are, judgements follow their sighting.
"""

from django.db import migrations

from fanal.casework.evidence.policies import bytes_seen
from fanal.core.access.policies import OWN, of_own_person, row_given, row_policies

CONNECTED = "(SELECT fanal_connected()) IS NOT NULL"
CLUE_SEEN = f"""
    ({OWN} OR (shared AND withdrawn_at IS NULL AND {CONNECTED}))
    AND ((kind = 'ubiquitous' AND {CONNECTED}) OR {bytes_seen("registry_clue.content_id")})
"""

SIGHTING_SEEN = f"""
    {bytes_seen("registry_sighting.content_id")} AND EXISTS (
        SELECT FROM registry_clue clue WHERE clue.id = registry_sighting.clue_id AND clue.withdrawn_at IS NULL
    )
"""

JUDGEMENT_SEEN = row_given("registry_sighting", "registry_sightingjudgement.sighting_id")
OF_OWN_PEOPLE = of_own_person("registry_sightingjudgement.by_id")


class Migration(migrations.Migration):
    replaces = [("registry", "0003_more_row_policies")]
    dependencies = [("registry", "0001_initial"), ("evidence", "0002_row_policies")]
    operations = [
        row_policies("registry_clue", seen=CLUE_SEEN, written=OWN),
        row_policies("registry_clueprint", seen=row_given("registry_clue", "registry_clueprint.clue_id")),
        row_policies("registry_sighting", seen=SIGHTING_SEEN, changed=SIGHTING_SEEN),
        row_policies(
            "registry_sightingjudgement",
            seen=JUDGEMENT_SEEN,
            added=f"{OF_OWN_PEOPLE} AND {JUDGEMENT_SEEN}",
            changed=OF_OWN_PEOPLE,
        ),
    ]
