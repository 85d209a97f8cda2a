"""Who asks, as the row policies of all apps read it. What they see is written where their tables are."""

from django.db import migrations

FUNCTIONS = """
-- The agency on whose behalf this transaction asks; null for nobody, and for the system.
CREATE FUNCTION fanal_agency() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(nullif(current_setting('fanal.agency', true), ''), 'everybody')::uuid
$$;
-- Whether the system asks, which sees all. Never null.
CREATE FUNCTION fanal_everybody() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(current_setting('fanal.agency', true) = 'everybody', false)
$$;
-- The agency that asks if it is connected, else null: only those see what others show.
CREATE FUNCTION fanal_connected() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT id FROM access_agency WHERE id = fanal_agency() AND connected
$$;
"""

NO_FUNCTIONS = """
DROP FUNCTION fanal_connected();
DROP FUNCTION fanal_everybody();
DROP FUNCTION fanal_agency();
"""


class Migration(migrations.Migration):
    """Three functions, each evaluated once a statement where a policy calls it in a subselect."""

    replaces = [
        ("access", "0002_attempts"),
        ("access", "0003_tokens"),
        ("access", "0004_asking"),
        ("access", "0005_roles"),
        ("access", "0006_approve"),
        ("access", "0007_cases"),
        ("access", "0008_sessions_and_invitations"),
        ("access", "0009_second_factor"),
        ("access", "0010_provider_links"),
        ("access", "0011_scopes"),
    ]
    dependencies = [("access", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS)]
