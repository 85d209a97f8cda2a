"""One PostgreSQL server in its place: make the cluster, start it, stop it. Knows nothing of who uses it."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fanal.kit import clock, ids
from fanal.project.postgres import binaries, configuration
from fanal.project.postgres.errors import DatabaseUnavailable
from fanal.project.postgres.place import SOCKET_NAME, Place, server_user

ADMIN = "postgres"
START_SECONDS = 300
STOP_SECONDS = 60
LEFTOVER_SECONDS = 30
LOG_LIMIT = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Server:
    """A cluster with the programs and the user that run it."""

    place: Place
    programs: binaries.Binaries
    user: pwd.struct_passwd | None
    """Whom to run as; None: as ourselves."""

    @classmethod
    def of(cls, place: Place, *, programs: Path | None = None, debian: Path = binaries.DEBIAN) -> "Server":
        """Find the programs and the user for this place. Raises DatabaseUnavailable."""
        version = place.cluster / "PG_VERSION"
        major = int(version.read_text(encoding="ascii")) if version.exists() else None
        return cls(place, binaries.find(place.home, major, named=programs, debian=debian), server_user(place))

    def answers(self) -> bool:
        """Tell whether a server listens on the socket."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            try:
                probe.connect(str(self.place.sockets / SOCKET_NAME))
            except OSError:
                return False
            return True

    def start(self) -> None:
        """Start the server, after making its cluster if there is none, and wait until it takes connections.

        The caller holds the start lock. Raises DatabaseUnavailable with the end of the server's own words.
        """
        self._clear_leftovers()
        self._make_cluster()
        self._configure()
        self._make_socket_folder()
        log = self.place.log
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.old"))
        started = self._pg_ctl("start", "-w", "-t", str(START_SECONDS), "-l", str(log))
        if started.returncode != 0:
            raise DatabaseUnavailable(f"PostgreSQL does not start: {self._last_words(started)}")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server if it runs, and wait for it."""
        if self._postmaster() is not None:
            self._pg_ctl("stop", "-m", mode, "-w", "-t", str(STOP_SECONDS))

    def _make_cluster(self) -> None:
        if (self.place.cluster / "PG_VERSION").exists():
            return
        fresh = self.place.home / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self._give(fresh)
        secret = self.place.home / "cluster.secret"
        secret.write_text(admin_password(self.place), encoding="ascii")
        self._own(secret, 0o600)
        made = self._run(
            "initdb",
            f"--pgdata={fresh}",
            f"--username={ADMIN}",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--data-checksums",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        )
        secret.unlink()
        if made.returncode != 0:
            raise DatabaseUnavailable(f"The database cluster cannot be made: {made.stderr.strip()}")
        # Only a complete cluster ever bears the name: a death in initdb leaves nothing that looks like one.
        fresh.rename(self.place.cluster)
        folder = os.open(self.place.home, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def _configure(self) -> None:
        for name, text in (
            ("postgresql.conf", configuration.text(self.place.sockets, self._cluster_name)),
            ("pg_hba.conf", configuration.ACCESS),
        ):
            path = self.place.cluster / name
            path.write_text(text, encoding="utf-8")
            self._own(path, 0o600)

    def _make_socket_folder(self) -> None:
        folder = self.place.sockets
        self._give(folder)
        owner = self.user.pw_uid if self.user else os.geteuid()
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid != owner or found.st_mode & 0o077:
            raise DatabaseUnavailable(
                f"{folder} is not a private folder of the database's user.", next_step=f"Remove {folder} and try again."
            )

    @property
    def _cluster_name(self) -> str:
        """Stands in the title of each of the server's processes, by which leftovers are known."""
        return f"fanal-{self.place.home.stat().st_ino:x}"

    def _clear_leftovers(self) -> None:
        """Make sure that nothing of an earlier server is alive, then remove what would pass for one.

        After a SIGKILL of the server its children take a moment to notice. And the process number that it left in
        its lock files may by now be another program's, or still its own where nobody reaps the dead, as in many a
        container; PostgreSQL would refuse to start for either.
        """
        deadline = clock.monotonic() + LEFTOVER_SECONDS
        while self._postmaster() is None and list(self._processes()) and clock.monotonic() < deadline:
            time.sleep(0.05)
        if self._postmaster() is not None:  # alive, but its socket is gone or it is on its way out
            self._pg_ctl("stop", "-m", "fast", "-w", "-t", str(STOP_SECONDS))
        if remaining := list(self._processes()):
            raise DatabaseUnavailable(
                "Processes of an earlier server do not end.", next_step=f"End the processes {remaining} and try again."
            )
        for claim in (self.place.cluster / "postmaster.pid", self.place.sockets / f"{SOCKET_NAME}.lock"):
            claim.unlink(missing_ok=True)

    def _postmaster(self) -> int | None:
        """Return the process number of this cluster's server, if it is alive."""
        try:
            first, _, _ = (self.place.cluster / "postmaster.pid").read_text(encoding="utf-8").partition("\n")
        except FileNotFoundError:
            return None
        return int(first) if first.isdigit() and self._is_postmaster(_command_line(int(first))) else None

    def _processes(self) -> Iterator[int]:
        title = f"postgres: {self._cluster_name}: ".encode()
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                command = _command_line(int(entry.name))
                if command.startswith(title) or self._is_postmaster(command):
                    yield int(entry.name)

    def _is_postmaster(self, command: bytes) -> bool:
        words = command.split(b"\0")
        return words[0].endswith(b"/postgres") and words[1:3] == [b"-D", os.fsencode(self.place.cluster)]

    def _give(self, folder: Path) -> None:
        if not os.path.lexists(folder):
            folder.mkdir(mode=0o700)
            self._own(folder, 0o700)

    def _own(self, path: Path, mode: int) -> None:
        path.chmod(mode)
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def _pg_ctl(self, verb: str, *options: str) -> subprocess.CompletedProcess[str]:
        return self._run("pg_ctl", verb, "-s", "-D", str(self.place.cluster), *options)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(  # noqa: S603 - PostgreSQL's own programs, no untrusted argument
                [self.programs.program(program), *arguments],
                capture_output=True,
                text=True,
                check=False,
                stdin=subprocess.DEVNULL,
                cwd=self.place.home,
                env={"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin", **self.programs.environment},
                umask=0o077,
                user=self.user.pw_uid if self.user else None,
                group=self.user.pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
            )
        except OSError as error:
            raise DatabaseUnavailable(
                f"{self.programs.program(program)} cannot be run: {error.strerror}.",
                next_step="Check that the database's user may reach and execute it.",
            ) from error

    def _last_words(self, attempt: subprocess.CompletedProcess[str]) -> str:
        try:
            lines = self.place.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            lines = attempt.stderr.splitlines()
        return " / ".join(line.strip() for line in lines[-4:])


def admin_password(place: Place) -> str:
    """Return the password of the cluster's superuser, made at first use. The application never has it."""
    return write_once(place.home / "admin-password")


def write_once(path: Path) -> str:
    """Return the secret in this file, mode 0600, drawn and made durable if it is not there."""
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        secret = ids.random_bytes(24).hex()
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret)
        file.flush()
        os.fsync(descriptor)
    fresh.replace(path)
    return secret


def _command_line(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""
