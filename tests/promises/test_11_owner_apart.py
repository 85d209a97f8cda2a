"""Promise 11, who could switch the wall off: the application owns no table; only `fanal migrate` changes them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo

from fanal.project.postgres import hold
from fanal.project.postgres.hold import APPLICATION, DATABASE, OWNER
from fanal.project.postgres.server import ADMIN, admin_password
from world import folder_of_pictures

PICTURES = range(3)
SWITCHES = [
    "ALTER TABLE evidence_submission DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE evidence_submission NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY evidence_submission_seen ON evidence_submission",
    "ALTER POLICY evidence_submission_seen ON evidence_submission USING (true)",
    "CREATE POLICY hole ON evidence_submission FOR SELECT USING (true)",
    "ALTER TABLE readings_textline DISABLE ROW LEVEL SECURITY",
    "ALTER FUNCTION readings_having OWNER TO CURRENT_USER",
    "ALTER FUNCTION readings_alike SET search_path = pg_temp",
    "ALTER TABLE audit_leaf DISABLE TRIGGER ALL",
    "ALTER TABLE evidence_submission OWNER TO CURRENT_USER",
    "TRUNCATE evidence_submission CASCADE",
    "DROP TABLE evidence_submission CASCADE",
    "CREATE OR REPLACE FUNCTION fanal_everybody() RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT true $$",
    "ALTER FUNCTION fanal_everybody() OWNER TO CURRENT_USER",
    "DROP FUNCTION fanal_everybody() CASCADE",
    "CREATE TABLE ours (x int)",
    f"SET ROLE {OWNER}",
    f"GRANT {OWNER} TO CURRENT_USER",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
]
OWNERS = """
    SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S')
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hold.Hold]:
    """The embedded server of a data folder of its own, with its tables."""
    data = tmp_path_factory.mktemp("apart")
    for folder in (data, *data.parents[:2]):
        folder.chmod(0o711)
    held = hold.hold(data)
    run(data, "migrate")
    yield held
    held.close()


def run(data: Path, *arguments: str, ends: int = 0, **environment: str) -> str:
    """Run one command on the data folder alone; return what it says."""
    inherited = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "FANAL_MIGRATE_URL")}
    done = subprocess.run(
        [sys.executable, "-m", "fanal.project", *arguments],
        env={**inherited, "FANAL_DATA": str(data), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ends, done.stderr
    return done.stdout + done.stderr


@contextmanager
def connected(house: hold.Hold, user: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """Connect as a role, the application's or the server's administrator."""
    where = house.server.place
    secrets = {"password": admin_password(where)} if user == ADMIN else {"passfile": str(where.passfile)}
    with psycopg.connect(host=str(where.sockets), dbname=DATABASE, user=user, autocommit=True, **secrets) as known:  # type: ignore[arg-type]
        yield known


def owners(house: hold.Hold) -> set[object]:
    """Return who owns tables and sequences."""
    with connected(house, ADMIN) as admin:
        return {row[0] for row in admin.execute(OWNERS)}


@pytest.mark.parametrize("switch", SWITCHES)
def test_the_application_cannot_switch_the_wall_off(house: hold.Hold, switch: str) -> None:
    assert owners(house) == {OWNER}
    with connected(house, APPLICATION) as application, pytest.raises(errors.InsufficientPrivilege):
        application.execute(sql.SQL(switch))


def test_no_role_of_ours_is_above_the_policies(house: hold.Hold) -> None:
    with connected(house, APPLICATION) as application:
        unbound = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'fanal%' AND (rolsuper OR rolbypassrls)"
        assert application.execute(unbound).fetchone() == (0,)
        assert application.execute(f"SELECT pg_has_role('{OWNER}', 'MEMBER')").fetchone() == (False,)
        assert application.execute("SELECT count(*) FROM evidence_submission").fetchone() == (0,)


def test_everything_works_for_an_application_that_owns_nothing(house: hold.Hold, tmp_path: Path) -> None:
    data = house.server.place.data
    run(data, "agency", "add", "NZ", "--name", "New Zealand unit", "--country", "NZ")
    folder = folder_of_pictures(tmp_path / "found", PICTURES)
    run(data, "submit", str(folder), "--agency", "NZ", "--visibility", "all_connected")
    again = folder_of_pictures(tmp_path / "again", PICTURES, edit=True)
    run(data, "submit", str(again), "--agency", "NZ")
    assert "Same" in run(data, "leads", "--agency", "NZ") or run(data, "leads", "--agency", "NZ", "--json")
    assert run(data, "search", "lanterne", "--agency", "NZ") == ""
    said = run(data, "verify")
    assert "Everything holds." in said
    assert "thinner" not in said


def test_a_data_folder_from_before_is_moved_over(house: hold.Hold) -> None:
    where = house.server.place
    with connected(house, ADMIN) as admin:
        admin.execute(f"REASSIGN OWNED BY {OWNER} TO {APPLICATION}")
    where.owner_passfile.unlink()
    assert owners(house) == {APPLICATION}
    run(where.data, "migrate")
    assert owners(house) == {OWNER}


def test_one_role_for_all_works_and_is_said_to_be_thinner(house: hold.Hold) -> None:
    """A server of one's own: without another role, with one that may not take the tables, and with one that may."""
    where = house.server.place
    application = make_conninfo("", **hold.connection(where))
    as_owner = make_conninfo("", **(hold.owner_connection(where) or {}))
    with connected(house, ADMIN) as admin:
        admin.execute(f"REASSIGN OWNED BY {OWNER} TO {APPLICATION}")
    assert "up to date" in run(where.data, "migrate", DATABASE_URL=application)
    assert "thinner" in run(where.data, "verify", DATABASE_URL=application)
    refused = run(where.data, "migrate", DATABASE_URL=application, FANAL_MIGRATE_URL=as_owner, ends=1)
    assert "REASSIGN OWNED BY" in refused
    with connected(house, ADMIN) as admin:
        admin.execute(f"GRANT {APPLICATION} TO {OWNER}")
    run(where.data, "migrate", DATABASE_URL=application, FANAL_MIGRATE_URL=as_owner)
    assert owners(house) == {OWNER}
    assert "thinner" not in run(where.data, "verify", DATABASE_URL=application)
    with connected(house, ADMIN) as admin:
        admin.execute(f"REVOKE {APPLICATION} FROM {OWNER}")
