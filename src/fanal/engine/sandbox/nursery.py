"""Keeps one zygote alive for the broker, and has it fork decoders."""

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress

from fanal.engine.sandbox.decoder import Decoder
from fanal.engine.sandbox.errors import SandboxUnavailable, ZygoteLost
from fanal.engine.sandbox.order import LONGEST, Decoders, Order, Plan
from fanal.engine.sandbox.policy import Confinement, Mechanism, Policy
from fanal.kit.machine import caches

_BIRTH_SECONDS = 180.0
"""To import and warm everything: seconds, or a minute where numerical code is compiled for the first time."""
_END_SECONDS = 5.0
_START = "import sys; from fanal.engine.sandbox.start import start; start(sys.argv[1])"
_KEPT = ("LD_LIBRARY_PATH", "NUMBA_CACHE_DIR", "TZ")
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "HOME": "/nonexistent",
    # A process that has threads cannot be forked safely, nor enter a user namespace.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    # Each arena reserves 64 MiB of address space, which is bounded.
    "MALLOC_ARENA_MAX": "2",
}


def _environment() -> dict[str, str]:
    """Return its own, and of ours what it needs: without a home it would not find what is compiled already."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    with suppress(RuntimeError):  # this user has no home either
        kept.setdefault("NUMBA_CACHE_DIR", str(caches()))
    return _ENVIRONMENT | kept


class _Living:
    """A zygote that was started; it may still be importing, or dead by now."""

    def __init__(self, decoders: Decoders) -> None:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            plan = Plan(there.fileno(), decoders)
            # The path goes before the first import of ours, so that the zygote is the same code as we are.
            start = f"import sys; sys.path[:] = {[each for each in sys.path if each]!r}; {_START}"
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell, arguments of our own
                [sys.executable, "-I", "-c", start, plan.words()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[there.fileno()],
                env=_environment(),
                cwd="/",
                start_new_session=True,
            )
        self.control = here
        self.owner = os.getpid()

    def await_ready(self, policy: Policy) -> Confinement:
        """Return what holds its decoders. Raises SandboxUnavailable if it does not come to life or the wall is weak."""
        self.control.settimeout(_BIRTH_SECONDS)
        try:
            message = self.control.recv(LONGEST)
        except (TimeoutError, ConnectionError):
            message = b""
        self.control.settimeout(None)
        if not message:
            raise SandboxUnavailable("The process that decoders come from did not start.", next_step="Try again.")
        report = json.loads(message)
        if "failed" in report:
            raise SandboxUnavailable(
                f"The decoders cannot be loaded: {report['failed']}.", next_step="Install Fanal anew."
            )
        found = Confinement(policy, {Mechanism[name]: why for name, why in report["missing"].items()})
        found.demand()
        return found

    def is_ours_and_alive(self) -> bool:
        """Tell whether this process started it and it has not ended."""
        return self.owner == os.getpid() and self.process.poll() is None

    def end(self) -> None:
        """Let it end by itself, which it does when its orders cease, or kill it; either way all its children go."""
        self.control.close()
        if self.owner != os.getpid():
            # We are a fork of the one who started it: it is not ours to end.
            self.process.returncode = 0
            return
        try:
            self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_END_SECONDS)


class Nursery:
    """Thread-safe. Starts a zygote when there is none, and another one when it died."""

    def __init__(self, decoders: Decoders, policy: Policy) -> None:
        self._decoders = decoders
        self._policy = policy
        self._lock = threading.Lock()
        self._living: _Living | None = _Living(decoders)
        self._confinement: Confinement | None = None
        self._closed = False

    @property
    def zygote(self) -> int | None:
        """The process id of the present zygote, for whoever watches the machine."""
        return self._living.process.pid if self._living else None

    def confinement(self) -> Confinement:
        """Return what holds the decoders. Raises SandboxUnavailable."""
        with self._lock:
            self._ready()
            if self._confinement is None:
                raise SandboxUnavailable("The sandbox is closed.", next_step="Make another one.")
            return self._confinement

    def fork(self, order: Order, file: int, wall_seconds: float) -> Decoder:
        """Return a decoder at work on the file. Raises ZygoteLost, after which the next call tries a new zygote."""
        wire, wire_there = socket.socketpair()
        note, note_there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        living: _Living | None = None
        try:
            with wire_there, note_there, self._lock:
                living = self._ready()
                socket.send_fds(living.control, [order.message()], [file, wire_there.fileno(), note_there.fileno()])
        except OSError:
            wire.close()
            note.close()
            self.lose(living)
            raise ZygoteLost from None
        except BaseException:
            wire.close()
            note.close()
            raise
        try:
            return Decoder(wire, note, wall_seconds, order.cpu_seconds)
        except ZygoteLost:
            self.lose(living)
            raise

    def lose(self, living: "_Living | None" = None) -> None:
        """Give the zygote up, with all that it forked: it is dead, or one of its children does not die."""
        with self._lock:
            lost = self._living
            if lost is None or (living is not None and living is not lost):
                return
            self._living = None
            lost.process.kill()
        lost.end()

    def close(self) -> None:
        """End the zygote, and start no other."""
        with self._lock:
            self._closed = True
            living, self._living, self._confinement = self._living, None, None
        if living is not None:
            living.end()

    def _ready(self) -> _Living:
        if self._closed:
            raise SandboxUnavailable("The sandbox is closed.", next_step="Make another one.")
        living = self._living
        if living is not None and not living.is_ours_and_alive():
            living.end()
            living = None
        if living is None:
            living, self._confinement = _Living(self._decoders), None
            self._living = living
        if self._confinement is None:
            try:
                self._confinement = living.await_ready(self._policy)
            except SandboxUnavailable:
                self._living = None
                living.end()
                raise
        return living
