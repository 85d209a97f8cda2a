"""Writes the rows of a large database: people, and what the steps of others say, each table by one COPY."""

import random
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg

if TYPE_CHECKING:
    from fanal.core.vault.envelope import DataKey

COUNTRIES = ("NZ", "FR", "AU", "GB", "CA", "NL", "DE", "SE", "ES", "BR", "JP", "IT", "PL", "CH", "NO", "DK")
PASSWORD = "a lantern on a shore"
YEARS = timedelta(days=3 * 365)
NOW = datetime.now(UTC).replace(microsecond=0)

Row = tuple[Any, ...]


def administrator(folder: Path) -> "psycopg.Connection[Row]":
    """Return a connection as the superuser of the embedded server: the only one whom COPY lets past row policies."""
    from fanal.project.postgres import place
    from fanal.project.postgres.server import ADMIN, admin_password

    where = place.find(folder)
    return psycopg.connect(
        host=str(where.sockets), dbname="fanal", user=ADMIN, password=admin_password(where), autocommit=True
    )


class Loader:
    """Writes the tables, each by one COPY or one INSERT of what others say."""

    def __init__(self, folder: Path, contents: int, leads: int, agencies: int, officers: int) -> None:
        self.folder, self.contents, self.leads, self.agency_count = folder, contents, leads, agencies
        self.officer_count = officers
        self.dice = random.Random(1)
        self.lead_keys: list[UUID] = []
        self.clue_keys: list[UUID] = []
        self.entry_keys: list[UUID] = []
        self.case_keys: list[UUID] = []
        self.keys: list[DataKey] = []
        """What the few drawn pictures are sealed with."""
        self.submissions: list[tuple[UUID, int, int, bool]] = []
        """Id, first content, how many, and whether digests alone were delivered."""
        self.began = time.monotonic()

    def load(self, steps: Iterable[Callable[["Loader"], None]]) -> dict[str, Any]:
        """Fill the database by these steps, one after the other, and return who signs in."""
        people = self._people()
        with administrator(self.folder) as self.admin:
            # What is copied agrees with itself by how it is made: neither keys nor triggers are asked for each row.
            self.admin.execute("SET session_replication_role = replica")
            self.admin.execute("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'")
            for step in steps:
                self._timed(partial(step, self), step.__name__)
            self._timed(self._sequences)
            self._timed(self._log)
            self.admin.execute("VACUUM (ANALYZE, FREEZE)")
        return people

    def _timed(self, step: Callable[[], None], name: str = "") -> None:
        step()
        named = name or step.__name__.removeprefix("_")
        print(f"  {named:12} {time.monotonic() - self.began:7.0f} s", file=sys.stderr, flush=True)

    def copy(self, table: str, columns: str, rows: Iterable[Row]) -> None:
        """Write rows."""
        with self.admin.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def moment(self, share: float) -> datetime:
        """Return when what lies at this share of the three years came."""
        return NOW - YEARS * (1 - share)

    def key(self, at: datetime) -> UUID:
        """Return a UUID version 7 of a moment, so that ids sort as times do."""
        value = int(at.timestamp() * 1000) << 80 | self.dice.getrandbits(80)
        return UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)

    # People

    def _people(self) -> dict[str, Any]:
        from fanal.core.access.actions import admit_agency, enrol_user
        from fanal.core.access.tokens import make_token
        from fanal.core.vault import keyring, place
        from fanal.kit.actor import SYSTEM

        keyring.make(place.key_file())
        codes = [COUNTRIES[number % len(COUNTRIES)] for number in range(self.agency_count)]
        self.agencies = [
            admit_agency(code=code, name=f"The unit of {code}", country=code, actor=SYSTEM) for code in codes
        ]
        officers = []
        for number in range(self.officer_count):
            agency = self.agencies[number % len(self.agencies)]
            name = f"{agency.code.lower()}{number // len(self.agencies)}"
            user = enrol_user(username=name, display_name=name, agency=agency, password=PASSWORD, actor=SYSTEM)
            scopes = ("read", "submit", "judge", "check")
            _, token = make_token(user, name="benchmark", scopes=scopes, lasts=timedelta(days=365), actor=SYSTEM)
            officers.append({"name": name, "agency": str(agency.pk), "user": str(user.pk), "token": token})
        self.officers = officers
        return {"password": PASSWORD, "officers": officers}

    def someone(self) -> dict[str, str]:
        """Return an officer."""
        return self.dice.choice(self.officers)

    def _sequences(self) -> None:
        """Have what comes later be numbered after what was written with its number."""
        numbered = self.admin.execute(
            "SELECT table_name FROM information_schema.columns WHERE is_identity = 'YES' AND table_schema = 'public'"
            " AND column_name = 'id'"
        )
        for (table,) in numbered.fetchall():
            self.admin.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest(1, (SELECT max(id) FROM {table})))"
            )

    def _log(self) -> None:
        """Append what officers looked at, by the code that appends always: the log verifies."""
        from django.db import transaction

        from fanal.core.audit.actions import Entry, record_all
        from fanal.kit.actor import Actor

        for first in range(0, self.contents // 10, 2_000):
            with transaction.atomic():
                record_all([self._seen(Entry, Actor, first + more) for more in range(2_000)])

    def _seen(self, entry: Any, actor: Any, number: int) -> Any:
        who = self.someone()
        by = actor(kind="user", reference=who["user"], agency=UUID(who["agency"]))
        return entry("evidence.seen", by, f"content:{1 + number * 37 % self.contents}", {})
