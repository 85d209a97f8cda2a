"""A process that uses the embedded database: holds it, says what it finds, then waits to be told to leave or killed.

Run as `python database_user.py DATA [DEBIAN]`; `DEBIAN` hides Debian's programs when it names an empty folder.
"""

import sys
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from fanal.kit.errors import FanalError
from fanal.project.postgres import binaries, hold


def main(data: Path, debian: Path) -> None:
    """Hold the database, write a row, and report `ready`, rows so far, version, user of the server, checksums."""
    try:
        held = hold.hold(data, debian=debian)
    except FanalError as error:
        sys.stdout.write(f"refused\t{error.code}\t{error.message}\t{error.hint}\n")
        sys.exit(1)
    # The application may make no table of its own.
    owner = hold.owner_connection(held.server.place) or held.connection
    with psycopg.connect(make_conninfo("", **owner), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")
        connection.execute("CREATE TABLE IF NOT EXISTS visits (process int)")
        connection.execute("INSERT INTO visits VALUES (pg_backend_pid())")
        found = connection.execute(
            "SELECT count(*), current_setting('server_version_num')::int / 10000, current_setting('data_checksums'),"
            " current_setting('fsync'), current_setting('synchronous_commit'), current_setting('listen_addresses')"
            " FROM visits"
        ).fetchone()
    sys.stdout.write("\t".join(["ready", *map(str, found or ())]) + "\n")
    sys.stdout.flush()
    sys.stdin.readline()
    held.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else binaries.DEBIAN)
