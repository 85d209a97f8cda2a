"""Uploads and their pieces are their agency's; exhibits are looked up by their submission.

Said as EXISTS, the planner may ask for each exhibit of a page whether its submission is given, or for many make the list
of all submissions once. Said as IN, it always made the list.
"""

from importlib import import_module

from django.db import migrations

from fanal.core.access.policies import OWN, row_given, row_policies, seen_anew

EXHIBIT_SEEN_BEFORE = import_module("fanal.casework.evidence.migrations.0005_row_policies").EXHIBIT_SEEN

UPLOAD_OWN = f"""EXISTS (
    SELECT FROM evidence_submission held WHERE held.id = evidence_upload.submission_id AND {OWN}
)"""
PIECE_OWN = row_given("evidence_upload", "evidence_piece.upload_id")


class Migration(migrations.Migration):
    dependencies = [("evidence", "0005_row_policies")]
    operations = [
        seen_anew(
            "evidence_exhibit",
            seen=row_given("evidence_submission", "evidence_exhibit.submission_id"),
            before=EXHIBIT_SEEN_BEFORE,
        ),
        row_policies("evidence_upload", seen=UPLOAD_OWN, written=UPLOAD_OWN),
        row_policies("evidence_piece", seen=PIECE_OWN, written=PIECE_OWN),
    ]
