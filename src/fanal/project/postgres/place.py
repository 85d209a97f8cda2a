"""Where the cluster of a data folder lives, and as whom its server runs.

PostgreSQL refuses to run as root. So as root it runs as the system user `postgres` or `fanal`, who must be able to
reach the folder. Where it cannot (a data folder below /root, for instance) the cluster lives apart, in a folder it can
reach, rather than have us open up folders that are not ours. The place is written down once: a later change of some
folder's mode must never make us start an empty cluster elsewhere.
"""

import errno
import hashlib
import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from fanal.project.postgres.errors import DatabaseUnavailable

APART = Path("/var/lib/fanal/clusters")
NOTE = "postgresql.place"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107
SYSTEM_USERS = ("postgres", "fanal")


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one cluster."""

    data: Path
    """The data folder it belongs to."""
    home: Path
    """Ours: locks, passwords, and below it the server's own folders."""

    @property
    def cluster(self) -> Path:
        """The server's files."""
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.cluster / "server.log"

    @property
    def passfile(self) -> Path:
        """The application's password, in libpq's form, mode 0600."""
        return self.home / "password"

    @property
    def owner_passfile(self) -> Path:
        """The password of the tables' owner, who changes them and does nothing else, in libpq's form, mode 0600."""
        return self.home / "owner-password"

    @property
    def sockets(self) -> Path:
        """The private folder of the Unix socket. The same for every process, whatever its environment."""
        near = self.home / "run"
        if len(os.fsencode(near / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            return near
        return Path("/tmp") / f"fanal-{_short_name(self.home)}"  # noqa: S108 - made 0700 and its owner checked


def find(data: Path) -> Place:
    """Return where the cluster of this data folder is, or would be made. Changes nothing.

    Raises DatabaseUnavailable when the data folder was moved away from a cluster that lives apart.
    """
    data = data.resolve()
    near, apart = data / "postgresql", APART / _short_name(data)
    try:
        noted = Path((data / NOTE).read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return Place(data, near if _server_can_enter(data) else apart)
    if noted == Path("postgresql"):
        return Place(data, near)
    if noted != apart:
        raise DatabaseUnavailable(
            f"The database of {data} lives in {noted}, which was made for another place of this folder.",
            next_step=f"Stop everything, move {noted} to {apart}, and write that path into {data / NOTE}.",
        )
    return Place(data, apart)


def make(data: Path) -> Place:
    """Make the data folder and the cluster's home where missing, note the place, and return it.

    Raises DatabaseUnavailable when that is not ours to do.
    """
    try:
        return _make(data)
    except PermissionError as error:
        raise DatabaseUnavailable(
            f"{error.filename} belongs to another user.",
            next_step="Run as that user, or set FANAL_DATA to a folder of your own.",
        ) from error


def _make(data: Path) -> Place:
    # A folder we make as root lets others pass through, not look: the server's user has its own folder inside.
    mode = 0o711 if os.geteuid() == 0 else 0o700
    _make_folder(data, mode)
    place = find(data)
    _make_folder(place.home, mode)
    if not os.access(place.home, os.R_OK | os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "", str(place.home))
    note = place.data / NOTE
    if not note.exists():
        near = place.home.parent == place.data
        fresh = note.with_name(f"{NOTE}.{os.getpid()}")
        fresh.write_text(("postgresql" if near else str(place.home)) + "\n", encoding="utf-8")
        fresh.replace(note)  # who starts at the same time must never read half a note
    return place


def _make_folder(folder: Path, mode: int) -> None:
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        try:
            missing.mkdir(mode=mode, exist_ok=True)
        except OSError as error:
            raise DatabaseUnavailable(
                f"The folder {missing} cannot be made: {error.strerror}.",
                next_step="Set FANAL_DATA to a folder you may write to.",
            ) from error


def server_user(place: Place) -> pwd.struct_passwd | None:
    """Return whom to run the server as when we are root, or None: as ourselves.

    A cluster keeps its owner. Creates the system user `fanal` when there is neither it nor `postgres`.
    """
    if os.geteuid() != 0:
        return None
    if place.cluster.exists() and (owner := place.cluster.stat().st_uid) != 0:
        return pwd.getpwuid(owner)
    return _system_user() or _create_system_user()


def _system_user() -> pwd.struct_passwd | None:
    known = {user.pw_name: user for user in pwd.getpwall()}
    return next((known[name] for name in SYSTEM_USERS if name in known and known[name].pw_uid != 0), None)


def _create_system_user() -> pwd.struct_passwd:
    made = subprocess.run(
        ["/usr/sbin/useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "fanal"],
        capture_output=True,
        text=True,
        check=False,
    )
    user = _system_user()
    if user is None:
        raise DatabaseUnavailable(
            f"PostgreSQL cannot run as root, and no user could be made for it: {made.stderr.strip()}",
            next_step="Make a system user named fanal, or run Fanal as an ordinary user.",
        )
    return user


def _server_can_enter(data: Path) -> bool:
    """Tell whether the server's user can pass through every folder down to `data`."""
    if os.geteuid() != 0:
        return True
    user = _system_user()
    existing = [folder for folder in (data, *data.parents) if folder.exists()]
    # A user not made yet is in no group that matters: what others may do decides.
    uid, groups = (user.pw_uid, set(os.getgrouplist(user.pw_name, user.pw_gid))) if user else (-1, set[int]())
    return all(_may_pass(folder.stat(), uid, groups) for folder in existing)


def _may_pass(folder: os.stat_result, uid: int, groups: set[int]) -> bool:
    if folder.st_uid == uid:
        return bool(folder.st_mode & stat.S_IXUSR)
    if folder.st_gid in groups:
        return bool(folder.st_mode & stat.S_IXGRP)
    return bool(folder.st_mode & stat.S_IXOTH)


def _short_name(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
