"""An agency is given its own claims and questions, and claims on contents that it may see."""

from django.db import migrations

from fanal.core.access.policies import OWN, row_policies

CLAIM_SEEN = f"""
    {OWN} OR EXISTS (SELECT FROM evidence_content content WHERE content.id = sharing_claim.content_id)
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0001_initial"), ("evidence", "0002_row_policies")]
    operations = [
        row_policies("sharing_claim", seen=CLAIM_SEEN, written=OWN),
        row_policies("sharing_question", seen=OWN, written=OWN),
    ]
