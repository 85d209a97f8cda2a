"""What an agency is given of submissions, exhibits and contents, whatever a query asks for.

The rule of submissions is `queries.seen_by` in SQL; exhibits follow their submission, contents their exhibits.
"""

from django.db import migrations

from fanal.core.access.policies import OWN, row_policies

SUBMISSION_SEEN = f"""
    {OWN}
    OR (visibility = 'all_connected' AND (SELECT fanal_connected()) IS NOT NULL)
    OR (visibility = 'named' AND (SELECT fanal_connected()) = ANY (named))
"""

EXHIBIT_SEEN = "submission_id IN (SELECT id FROM evidence_submission)"

EXHIBIT_WRITTEN = f"submission_id IN (SELECT id FROM evidence_submission WHERE {OWN})"  # noqa: S608 - all of it is ours

CONTENT_SEEN = "EXISTS (SELECT FROM evidence_exhibit found WHERE found.content_id = evidence_content.id)"


class Migration(migrations.Migration):
    """Three tables. Contents are one for all agencies, so only the system writes them."""

    dependencies = [("evidence", "0004_named"), ("access", "0004_asking")]
    operations = [
        row_policies("evidence_submission", seen=SUBMISSION_SEEN, written=OWN),
        row_policies("evidence_exhibit", seen=EXHIBIT_SEEN, written=EXHIBIT_WRITTEN),
        row_policies("evidence_content", seen=CONTENT_SEEN),
    ]
