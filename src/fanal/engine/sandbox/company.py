"""Decoders that read several files in turn: only photographs, only a few, only while nothing went wrong.

A process of its own costs a small JPEG more than its decoding. So that no exploit of any other format meets
another file, those always have one; and what an earlier file may do to later ones is bounded to the few of one run.
"""

import os
import threading

from fanal.engine.sandbox.decoder import Decoder
from fanal.engine.sandbox.source import Opened

FILES_PER_DECODER = 32
_SECONDS_PER_DECODER = 20.0
"""After which a decoder is replaced, well within the processor time that it has for one file."""
_JPEG = b"\xff\xd8\xff"


class Company:
    """The decoders at rest. Thread-safe."""

    def __init__(self, files: int) -> None:
        self._files = files
        self._resting: list[Decoder] = []
        self._lock = threading.Lock()
        self._disbanded = False
        self._owner = os.getpid()

    def welcomes(self, file: Opened) -> bool:
        """Tell whether a file may be read by a process that read others: by its first bytes, never by its name."""
        return self._files > 1 and os.pread(file.descriptor, len(_JPEG), 0) == _JPEG

    def take(self) -> Decoder | None:
        """Return a decoder that waits for a file, if there is one."""
        with self._lock:
            self._forget_those_of_another_process()
            return self._resting.pop() if self._resting else None

    def give_back(self, decoder: Decoder) -> bool:
        """Let a decoder rest that gave findings. Returns False where it is spent."""
        if decoder.files >= self._files or decoder.waited > _SECONDS_PER_DECODER:
            return False
        with self._lock:
            if not self._disbanded:
                self._resting.append(decoder)
            return not self._disbanded

    def _forget_those_of_another_process(self) -> None:
        """After a fork of ours both would talk to the same decoders: they stay with the one who made them."""
        if self._owner != os.getpid():
            for decoder in self._resting:
                decoder.close()
            self._owner, self._resting = os.getpid(), []

    def disband(self) -> None:
        """End all decoders at rest, and let none rest any more."""
        with self._lock:
            self._disbanded = True
            self._forget_those_of_another_process()
            resting, self._resting = self._resting, []
        for decoder in resting:
            decoder.dispose()
