"""One running decoder as the broker sees it: bytes to take with patience, an end to wait for, a ladder to end it."""

import math
import os
import select
import signal
import socket
import struct
from contextlib import suppress

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.refusals import Refusal
from fanal.engine.sandbox.errors import SandboxUnavailable, ZygoteLost
from fanal.engine.sandbox.order import CANNOT_CONFINE, ENDED, NOT_STARTED, NOTE, Order
from fanal.kit import clock

START_SECONDS = 30.0
"""To fork: far more than it takes, for a machine may be swapping."""
LINGER_SECONDS = 3.0
"""To end after the last byte of an answer."""
DEATH_SECONDS = 5.0
"""To be gone after SIGKILL; what is not gone by then hangs in the kernel."""
_BUFFER = 1 << 16


class Decoder:
    """A confined child that reads one file. Not thread-safe; `dispose` is, and must be called in the end."""

    def __init__(self, wire: socket.socket, note: socket.socket, wall_seconds: float, cpu_seconds: float) -> None:
        """Wait until the child runs. Raises ZygoteLost or SandboxUnavailable, and closes both sockets then."""
        self._wire = wire
        self._note = note
        self._patience = wall_seconds
        self._cpu_seconds = cpu_seconds
        self._buffer = memoryview(b"")
        self._process = -1
        self._ending: tuple[int, float] | None = None
        self.files = 1
        """How many it was given."""
        self.waited = 0.0
        """Seconds spent waiting for its answers."""
        try:
            self._process = self._await_start()
        except BaseException:
            self.close()
            raise

    def take(self, length: int) -> bytes:
        """Return exactly this many bytes of the answer. Raises MediaRefused when they do not come."""
        if length <= len(self._buffer):
            taken, self._buffer = self._buffer[:length], self._buffer[length:]
            return bytes(taken)
        parts = [bytes(self._buffer)]
        missing = length - len(self._buffer)
        self._buffer = memoryview(b"")
        while missing > 0:
            got = memoryview(self._receive(max(missing, _BUFFER)))
            if not got:
                raise MediaRefused(self._why_it_ended())
            parts.append(bytes(got[:missing]))
            self._buffer = got[missing:]
            missing -= len(parts[-1])
        return b"".join(parts)

    def finish(self) -> None:
        """Wait for the end after the last byte. Raises MediaRefused on another byte, a late end or a bad one."""
        self._patience = min(self._patience, LINGER_SECONDS)
        try:
            more = bool(self._buffer) or self._receive(1) != b""
        except MediaRefused:
            more = True
        if more:
            raise MediaRefused(Refusal.PROTOCOL)
        status, _ = self._await_end()
        if status != 0:
            raise MediaRefused(self._why_it_ended())

    def again(self, order: Order, file: int, wall_seconds: float) -> None:
        """Give a file more to a decoder whose last order allowed for it. Raises MediaRefused when it does not wait."""
        self.rest()
        self.files += 1
        self._patience = wall_seconds
        try:
            socket.send_fds(self._wire, [order.message()], [file])
        except OSError:
            raise MediaRefused(Refusal.DECODER_DIED) from None

    def rest(self) -> None:
        """Make sure that it lives and says nothing after its answer. Raises MediaRefused otherwise."""
        poll = select.poll()
        poll.register(self._wire, select.POLLIN)
        if self._buffer or poll.poll(0):
            raise MediaRefused(Refusal.PROTOCOL)

    def kill(self) -> None:
        """Send the one signal that cannot be ignored, to this process and no other that may have got its number."""
        with suppress(OSError):
            signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def dispose(self) -> bool:
        """End the child if it has not ended. Returns False where it does not die."""
        if self._process < 0:
            return True
        if self._ending is None and not self._gone(0):
            self.kill()
        gone = self._ending is not None or self._gone(DEATH_SECONDS)
        self.close()
        return gone

    def close(self) -> None:
        """Let go of the descriptors."""
        self._wire.close()
        self._note.close()
        process, self._process = self._process, -1
        if process >= 0:
            os.close(process)

    def _gone(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self._process, select.POLLIN)
        return bool(poll.poll(math.ceil(seconds * 1000)))

    def _receive(self, most: int) -> bytes:
        """Receive something, b"" at the end. Only the time spent waiting here is taken off the patience."""
        if self._patience <= 0:
            raise MediaRefused(Refusal.OUT_OF_TIME)
        self._wire.settimeout(self._patience)
        before = clock.monotonic()
        try:
            return self._wire.recv(most)
        except TimeoutError:
            raise MediaRefused(Refusal.OUT_OF_TIME) from None
        except ConnectionError:
            return b""
        finally:
            waited = clock.monotonic() - before
            self._patience -= waited
            self.waited += waited

    def _await_start(self) -> int:
        self._note.settimeout(START_SECONDS)
        try:
            note, descriptors, _, _ = socket.recv_fds(self._note, struct.calcsize(NOTE), 1, socket.MSG_CMSG_CLOEXEC)
        except (TimeoutError, ConnectionError):
            raise ZygoteLost from None
        if not note:
            raise ZygoteLost
        if struct.unpack(NOTE, note)[0] == NOT_STARTED or not descriptors:
            raise SandboxUnavailable(
                "The machine cannot start another process.", next_step="Free memory or raise the limit of processes."
            )
        return descriptors[0]

    def _await_end(self) -> tuple[int, float]:
        """Return the child's wait status and the processor seconds it took. Raises ZygoteLost."""
        if self._ending is None:
            self._note.settimeout(DEATH_SECONDS)
            try:
                note = self._note.recv(struct.calcsize(NOTE))
            except (TimeoutError, ConnectionError):
                note = b""
            if not note:
                raise ZygoteLost
            kind, status, seconds = struct.unpack(NOTE, note)
            if kind != ENDED:
                raise ZygoteLost
            self._ending = status, seconds
        return self._ending

    def _why_it_ended(self) -> Refusal:
        status, seconds = self._await_end()
        if os.WIFSIGNALED(status):
            return self._why_it_was_killed(os.WTERMSIG(status), seconds)
        code = os.WEXITSTATUS(status)
        if code == CANNOT_CONFINE:
            raise SandboxUnavailable("A decoder could not confine itself, so it read nothing.")
        return Refusal.PROTOCOL if code == 0 else Refusal.DECODER_DIED

    def _why_it_was_killed(self, number: int, seconds: float) -> Refusal:
        if number == signal.SIGXCPU:
            return Refusal.OUT_OF_TIME
        if number != signal.SIGKILL:
            return Refusal.DECODER_DIED
        # Nobody here sent it: either the kernel, for the processor time's hard limit, or the kernel, out of memory.
        return Refusal.OUT_OF_TIME if seconds >= self._cpu_seconds else Refusal.OUT_OF_MEMORY
