"""Row policies as SQL: who is given a row, and who may write it, whatever a query asks for.

`FORCE` binds the owner of the table too, so the policies hold although the application owns its tables. One table does
without, so that a function of its owner may use an index that policies bar (`casework/readings`).
"""

from django.db.migrations import RunSQL

GUARD = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} {force} ROW LEVEL SECURITY;
CREATE POLICY {table}_seen ON {table} FOR SELECT USING ((SELECT fanal_everybody()) OR ({seen}));
CREATE POLICY {table}_added ON {table} FOR INSERT WITH CHECK ((SELECT fanal_everybody()) OR ({added}));
CREATE POLICY {table}_changed ON {table} FOR UPDATE USING ((SELECT fanal_everybody()) OR ({changed}));
CREATE POLICY {table}_removed ON {table} FOR DELETE USING ((SELECT fanal_everybody()) OR ({removed}));
"""

UNGUARD = """
DROP POLICY {table}_removed ON {table};
DROP POLICY {table}_changed ON {table};
DROP POLICY {table}_added ON {table};
DROP POLICY {table}_seen ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""

OWN = "agency_id = (SELECT fanal_agency())"
NOBODY = "false"


def row_policies(
    table: str,
    *,
    seen: str,
    written: str = NOBODY,
    added: str | None = None,
    changed: str | None = None,
    binds_owner: bool = True,
) -> RunSQL:
    """Return the migration that guards a table.

    `seen` and `written` are SQL conditions on a row, for an agency that asks; the system sees and writes all. `added`
    and `changed` are for tables to which an agency may add, or of which it may change, other rows than it may remove.
    What an agency may write it must also be able to see. Where a condition reads another guarded table, it is given of
    that what the agency may see. `binds_owner` says whether they bind the owner of the table as well.
    """
    said = {"seen": seen, "added": added or written, "changed": changed or written, "removed": written}
    said["force"] = "FORCE" if binds_owner else "NO FORCE"
    return RunSQL(GUARD.format(table=table, **said), UNGUARD.format(table=table))


def seen_from_now_on(table: str, *, seen: str, before: str) -> RunSQL:
    """Return the migration that gives rows of a guarded table by another condition; `before` is the one until now."""
    change = "ALTER POLICY {table}_seen ON {table} USING ((SELECT fanal_everybody()) OR ({seen}));"
    return RunSQL(change.format(table=table, seen=seen), change.format(table=table, seen=before))


def of_own_person(column: str) -> str:
    """Return the condition that a column names a person of the agency that asks."""
    return f"""EXISTS (
        SELECT FROM access_user person WHERE person.id = {column} AND person.agency_id = (SELECT fanal_agency())
    )"""


def row_given(table: str, column: str, key: str = "id") -> str:
    """Return the condition that the row of a guarded table which a column names is given to the agency that asks."""
    return f"EXISTS (SELECT FROM {table} guarded WHERE guarded.{key} = {column})"
