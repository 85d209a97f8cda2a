"""Conditions for the row policies of tables that hold something of contents: what follows from seeing their bytes."""


def bytes_seen(column: str) -> str:
    """Return the condition that an agency sees a content's bytes, not only digests: `queries.visible_bytes` in SQL.

    `column` names the content, with its table. Of exhibits and submissions the database gives what the agency may see.
    """
    return f"""EXISTS (
        SELECT FROM evidence_exhibit found JOIN evidence_submission held ON held.id = found.submission_id
        WHERE found.content_id = {column} AND NOT held.hash_only
    )"""
