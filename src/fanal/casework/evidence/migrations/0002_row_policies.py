"""What an agency is given of submissions, exhibits and contents, whatever a query asks for; uploads are its own.

The rule of submissions is `queries.seen_by` in SQL; exhibits follow their submission, contents their exhibits. Said as
EXISTS, the planner may ask for each exhibit of a page whether its submission is given, or for many make the list of all
submissions once. Said as IN, it always made the list.
"""

from django.db import migrations

from fanal.casework.evidence.policies import SUBMISSION_SEEN
from fanal.core.access.policies import OWN, row_given, row_policies

EXHIBIT_SEEN = row_given("evidence_submission", "evidence_exhibit.submission_id")
EXHIBIT_WRITTEN = f"submission_id IN (SELECT id FROM evidence_submission WHERE {OWN})"  # noqa: S608 - all of it is ours
CONTENT_SEEN = "EXISTS (SELECT FROM evidence_exhibit found WHERE found.content_id = evidence_content.id)"
UPLOAD_OWN = f"""EXISTS (
    SELECT FROM evidence_submission held WHERE held.id = evidence_upload.submission_id AND {OWN}
)"""
PIECE_OWN = row_given("evidence_upload", "evidence_piece.upload_id")


class Migration(migrations.Migration):
    """Five tables. Contents are one for all agencies, so only the system writes them."""

    replaces = [
        ("evidence", "0002_deliveries_conclude"),
        ("evidence", "0003_uploads"),
        ("evidence", "0004_named"),
        ("evidence", "0005_row_policies"),
        ("evidence", "0006_more_row_policies"),
    ]
    dependencies = [("evidence", "0001_initial"), ("access", "0002_asking")]
    operations = [
        row_policies("evidence_submission", seen=SUBMISSION_SEEN, written=OWN),
        row_policies("evidence_exhibit", seen=EXHIBIT_SEEN, written=EXHIBIT_WRITTEN),
        row_policies("evidence_content", seen=CONTENT_SEEN),
        row_policies("evidence_upload", seen=UPLOAD_OWN, written=UPLOAD_OWN),
        row_policies("evidence_piece", seen=PIECE_OWN, written=PIECE_OWN),
    ]
