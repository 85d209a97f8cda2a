"""The only door to hostile bytes: files go in, findings come out, and nothing else does."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import TracebackType
from typing import Self

from fanal.engine.fingerprint.region import Region
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.findings import Findings
from fanal.engine.media.limits import DEFAULT_LIMITS, Limits
from fanal.engine.media.member import Member
from fanal.engine.media.refusals import Refusal
from fanal.engine.media.serving import within
from fanal.engine.sandbox.company import FILES_PER_DECODER, Company
from fanal.engine.sandbox.decoder import Decoder
from fanal.engine.sandbox.errors import SandboxUnavailable, ZygoteLost
from fanal.engine.sandbox.nursery import Nursery
from fanal.engine.sandbox.order import Decoders, Order, Verb
from fanal.engine.sandbox.policy import Confinement, Policy
from fanal.engine.sandbox.source import Opened, Source, opened
from fanal.engine.sandbox.unpacking import Unpacking
from fanal.engine.sandbox.wire import FINDINGS, REFUSED, Wire

_ATTEMPTS = 3
"""A dying zygote may be met twice: by a decoder that goes with it, and by the next order, before its end is seen."""
_MOST_UNPACKING = 64
"""Archives unpacked at once: each waits for whoever takes its members, so a queue of them could wait for ever."""


class Sandbox:
    """A pool of confined, disposable decoders: one process for each file. Thread-safe; a context manager."""

    def __init__(
        self,
        workers: int = 0,
        limits: Limits = DEFAULT_LIMITS,
        policy: Policy = Policy.CONFINED,
        *,
        decoders: Decoders | None = None,
        files_per_decoder: int = FILES_PER_DECODER,
    ) -> None:
        """Begin to load what decoders need; the first file waits for it. `workers` files at once, 0: one a core.

        `files_per_decoder` bounds how many JPEG pictures one process reads in turn; 1 gives each its own, as all other
        files have. `decoders` is for tests, which plant hostile ones.
        """
        self._limits = limits
        self.workers = workers or os.cpu_count() or 1
        self._slots = threading.BoundedSemaphore(self.workers)
        self._unpacking = threading.BoundedSemaphore(_MOST_UNPACKING)
        self._nursery = Nursery(decoders or Decoders(), policy)
        self._company = Company(files_per_decoder)
        self._running: set[Decoder] = set()
        self._lock = threading.Lock()

    @property
    def zygote(self) -> int | None:
        """The process id of the one that decoders are forked from, for whoever watches the machine."""
        return self._nursery.zygote

    def describe(self) -> Confinement:
        """Return what holds the decoders on this machine. Raises SandboxUnavailable."""
        return self._nursery.confinement()

    def examine(self, source: Source, name: str, *, region: Region | None = None) -> Findings:
        """Learn all about one file, or a part of a picture. `name` is what it was called where it was found.

        Raises MediaRefused when it cannot be read, SandboxUnavailable when nothing can be decoded here, OSError when
        the source cannot be opened, Invalid when it is no regular file.
        """
        with opened(source) as file, self._slots:
            order = self._order("examine", file, name, region)
            for _ in range(_ATTEMPTS):
                try:
                    return self._examine_once(file, order)
                except ZygoteLost:
                    # It may have been killed for what another file did, or by the operator: a new one tries again.
                    continue
        raise SandboxUnavailable("The process that decoders come from died again and again.", next_step="Try again.")

    def prints_of(self, source: Source, name: str, technique: str, *, region: Region | None = None) -> Findings:
        """Have one added technique make its prints of a file, or of a part of a picture, in a decoder of its own.

        Raises as `examine` does; what it raises for a file says nothing of other techniques.
        """
        with opened(source) as file, self._slots:
            order = replace(self._order("prints_of", file, name, region), technique=technique)
            for _ in range(_ATTEMPTS):
                try:
                    with self._decoder(file, order) as decoder:
                        findings = _findings(decoder)
                        decoder.finish()
                    return replace(findings, prints=within(findings.prints, technique, self._limits))
                except ZygoteLost:
                    continue
        raise SandboxUnavailable("The process that decoders come from died again and again.", next_step="Try again.")

    def unpack(self, source: Source, name: str) -> Iterator[Member]:
        """Yield the members of an archive in order; close the iterator to stop. Raises as `examine` does."""
        if not self._unpacking.acquire(blocking=False):
            raise SandboxUnavailable(f"{_MOST_UNPACKING} archives are being unpacked already.", next_step="Wait.")
        try:
            with opened(source) as file, self._decoder(file, self._order("unpack", file, name)) as decoder:
                yield from Unpacking(decoder, self._limits).members()
        except ZygoteLost:
            raise SandboxUnavailable("The process that decoders come from died.", next_step="Try again.") from None
        finally:
            self._unpacking.release()

    def close(self) -> None:
        """End every decoder and the process they come from; whoever waits for one is told."""
        self._nursery.close()
        self._company.disband()
        with self._lock:
            for decoder in self._running:
                decoder.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _examine_once(self, file: Opened, order: Order) -> Findings:
        if self._company.welcomes(file):
            return self._examine_in_company(file, replace(order, more=True))
        with self._decoder(file, order) as decoder:
            findings = _findings(decoder)
            decoder.finish()
            return findings

    def _examine_in_company(self, file: Opened, order: Order) -> Findings:
        """Give the file to a decoder that read others before, if one rests."""
        decoder = self._company.take()
        if decoder is not None:
            # Only findings are believed from it: what refuses a file must not be what an earlier one left behind.
            with suppress(MediaRefused, ZygoteLost), self._watched(decoder, may_rest=True):
                decoder.again(order, file.descriptor, self._limits.time_for(file.size)[1])
                findings = _findings(decoder)
                decoder.rest()
                return findings
        with self._decoder(file, order) as decoder:
            findings = _findings(decoder)
            decoder.rest()
            return findings

    def _order(self, verb: Verb, file: Opened, name: str, region: Region | None = None) -> Order:
        if not file.size:
            raise MediaRefused(Refusal.EMPTY)
        return Order(verb, name, self._limits.time_for(file.size)[0], self._limits, region)

    @contextmanager
    def _decoder(self, file: Opened, order: Order) -> Iterator[Decoder]:
        """Start a decoder and see it gone in the end."""
        file.rewind()
        decoder = self._nursery.fork(order, file.descriptor, self._limits.time_for(file.size)[1])
        with self._watched(decoder, may_rest=order.more):
            yield decoder

    @contextmanager
    def _watched(self, decoder: Decoder, *, may_rest: bool) -> Iterator[None]:
        """Let `close` reach the decoder, and see it gone in the end unless it may rest after an answer."""
        with self._lock:
            self._running.add(decoder)
        answered = False
        try:
            yield
            answered = True
        finally:
            with self._lock:
                self._running.discard(decoder)
            # Once given back it may be at work for another thread: it is no longer ours to end.
            rests = answered and may_rest and self._company.give_back(decoder)
            if not rests and not decoder.dispose():
                # It hangs in the kernel: the whole room is given up, so that no slot is ever lost to it.
                self._nursery.lose()


def _findings(decoder: Decoder) -> Findings:
    """Read the answer for one file. Raises MediaRefused."""
    wire = Wire(decoder.take)
    if wire.kind(FINDINGS, REFUSED) == REFUSED:
        raise MediaRefused(wire.refusal())
    return wire.findings()
