"""Conditions for row policies: who sees a submission, and what follows from seeing the bytes of contents."""

from fanal.core.access.policies import OWN

SUBMISSION_SEEN = f"""
    {OWN}
    OR (visibility = 'all_connected' AND (SELECT fanal_connected()) IS NOT NULL)
    OR (visibility = 'named' AND (SELECT fanal_connected()) = ANY (named))
"""
"""That an agency is given a submission: `queries.seen_by` in SQL."""


def bytes_seen(column: str, *, held: str = "true") -> str:
    """Return the condition that an agency sees a content's bytes, not only digests: `queries.visible_bytes` in SQL.

    `column` names the content, with its table. Of exhibits and submissions the database gives what the agency may see;
    `held` is one more condition on the submission.
    """
    return f"""EXISTS (
        SELECT FROM evidence_exhibit found JOIN evidence_submission held ON held.id = found.submission_id
        WHERE found.content_id = {column} AND NOT held.hash_only AND ({held})
    )"""
