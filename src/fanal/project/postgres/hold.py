"""Several processes share one server: the first starts it, the last one out stops it, whatever kills any of them.

Three lock files in the cluster's home, all vanishing with their holders:

* `start.lock`: taken alone by whoever starts or stops the server, so that no two do at once;
* `users.lock`: shared by every process that uses the server;
* `keeper.lock`: held by the keeper, a small process that waits to have `users.lock` alone, which it gets when the last
  user has left or died, and then stops the server.
"""

import atexit
import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from psycopg import sql

from fanal.kit import clock
from fanal.project.postgres import binaries, keeper, place
from fanal.project.postgres.errors import DatabaseUnavailable
from fanal.project.postgres.locks import Lock, alone
from fanal.project.postgres.server import ADMIN, Server, admin_password, write_once

DATABASE = "fanal"
APPLICATION = "fanal"
OWNER = "fanal_owner"
"""Owns the tables. The application, which row policies bind, cannot change or switch off what it does not own."""
ANSWER_SECONDS = 60
LEAVE_SECONDS = 30


class Hold:
    """This process's hold on the server of a data folder. While it is open the server is kept running."""

    def __init__(self, server: Server, share: Lock) -> None:
        self.server = server
        self._share = share
        self._process = os.getpid()

    @property
    def connection(self) -> dict[str, str]:
        """What libpq needs to connect as the application."""
        return connection(self.server.place)

    def restart(self, mode: str = "fast") -> None:
        """Stop the server under everybody's feet and start it again."""
        with alone(self.server.place.home / "start.lock"):
            self.server.stop(mode)
            self.server.start()

    def close(self) -> None:
        """Let go. The last one out stops the server and returns when it is down. Twice is once."""
        if os.getpid() != self._process:
            return  # a forked child's copy: the parent still holds it
        atexit.unregister(self.close)
        home = self.server.place.home
        if not home.exists():
            self._share.release()
            return
        with alone(home / "start.lock"):
            if self._share.try_take():
                self.server.stop()
            self._share.release()
            _wait_for_keeper(home)


def hold(data: Path, *, programs: Path | None = None, debian: Path = binaries.DEBIAN) -> Hold:
    """Start the server of this data folder unless it runs, making its cluster at first use, and hold it.

    Blocks while another process starts or stops it. Let go by `close`, at the latest when the process ends.

    Raises DatabaseUnavailable, with the reason and what to do.
    """
    where = place.make(data)
    with alone(where.home / "start.lock"):
        share = Lock.of(where.home / "users.lock")
        share.share()
        try:
            server = Server.of(where, programs=programs, debian=debian)
            _bring_up(server, share)
        except BaseException:
            share.release()
            raise
    held = Hold(server, share)
    atexit.register(held.close)
    return held


def connection(where: place.Place) -> dict[str, str]:
    """Return what libpq needs to connect as the application to the server of this place. Starts nothing."""
    return {
        "host": str(where.sockets),
        "dbname": DATABASE,
        "user": APPLICATION,
        "passfile": str(where.passfile),
    }


def owner_connection(where: place.Place) -> dict[str, str] | None:
    """Return what libpq needs to connect as the owner of the tables; None where there is none yet. Starts nothing."""
    if not where.owner_passfile.exists():
        return None
    return {**connection(where), "user": OWNER, "passfile": str(where.owner_passfile)}


def _bring_up(server: Server, share: Lock) -> None:
    try:
        _ensure_keeper(server)  # first, so that a server is never without one
        if not server.answers():
            server.start()
        _prepare_application(server)
        _prepare_owner(server)
    except BaseException:
        if share.try_take():  # nobody else needs what we started
            server.stop()
        raise


def _wait_for_keeper(home: Path) -> None:
    """If the keeper was faster and is stopping the server, wait until it has."""
    probe, deadline = Lock.of(home / "users.lock"), clock.monotonic() + LEAVE_SECONDS
    while not probe.try_share() and clock.monotonic() < deadline:
        time.sleep(0.02)
    probe.release()


def _prepare_application(server: Server) -> None:
    """Make the application's role and database once. The password file, written last, says that they are there.

    The application is no superuser and row-level security binds it; it may make databases for tests.
    """
    where = server.place
    if where.passfile.exists():
        return
    secret = write_once(where.home / "application-password")
    role = sql.Identifier(APPLICATION)
    with _as_admin(server) as admin:
        if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone():
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB NOBYPASSRLS").format(role))
        admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(secret)))
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), role))
    _write_passfile(where.passfile, APPLICATION, secret)


def _prepare_owner(server: Server) -> None:
    """Make the owner of the tables once, and give it what the application owned before. Its password file is last."""
    where = server.place
    if where.owner_passfile.exists():
        return
    secret = write_once(where.home / "owner-role-password")
    role, application = sql.Identifier(OWNER), sql.Identifier(APPLICATION)
    with _as_admin(server) as admin:
        if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone():
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN NOBYPASSRLS").format(role))
        admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(secret)))
        admin.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(sql.Identifier(DATABASE), role))
    with _as_admin(server, DATABASE) as admin, admin.transaction():
        owned = "SELECT relname FROM pg_class WHERE relowner = %s::regrole AND relkind IN ('r', 'p')"
        if admin.execute(owned, [APPLICATION]).fetchone():
            admin.execute(sql.SQL("REASSIGN OWNED BY {} TO {}").format(application, role))
        for right in rights_of(APPLICATION):
            admin.execute(right)
    _write_passfile(where.owner_passfile, OWNER, secret)


def rights_of(role: str) -> list[sql.Composed]:
    """Return the statements that give a role what the application needs on tables that it does not own."""
    return [
        sql.SQL(right).format(sql.Identifier(role))
        for right in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {}",
        )
    ]


def _write_passfile(passfile: Path, role: str, secret: str) -> None:
    fresh = passfile.with_name(passfile.name + ".new")
    fresh.touch(mode=0o600)
    fresh.write_text(f"*:*:*:{role}:{secret}\n", encoding="ascii")
    fresh.replace(passfile)


def _as_admin(server: Server, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
    deadline = clock.monotonic() + ANSWER_SECONDS
    while True:
        try:
            return psycopg.connect(
                host=str(server.place.sockets),
                dbname=database,
                user=ADMIN,
                password=admin_password(server.place),
                autocommit=True,
            )
        except psycopg.OperationalError as error:
            # Started by one who was killed right then, it may still be recovering.
            if clock.monotonic() > deadline:
                raise DatabaseUnavailable(f"PostgreSQL takes no connection: {str(error).strip()}") from error
            time.sleep(0.1)


def _ensure_keeper(server: Server) -> None:
    lock = Lock.of(server.place.home / "keeper.lock")
    if lock.try_take():
        handed = lock.hand_over()
        subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", keeper.__name__, str(server.place.data), str(server.programs.folder), str(handed)],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(handed,),
            start_new_session=True,
        )
    lock.release()
