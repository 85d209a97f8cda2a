"""gzip, bzip2 and xz streams: read forward in bounded pieces, whatever they unfold to."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.outflow import Outflow
from fanal.engine.media.refusals import Refusal

_PIECE = 1 << 16
LZMA_MEMORY = 128 << 20
"""An xz file may ask for a dictionary of 4 GiB; its strongest usual setting needs 65 MiB."""


class _Gzip:
    """zlib's object behind the interface of the two others."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(16 + zlib.MAX_WBITS)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


COMPRESSIONS: dict[str, Callable[[], Any]] = {
    "gz": _Gzip,
    "bz2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=LZMA_MEMORY),
}


class Inflating:
    """A compressed file as a stream that can be read forward."""

    def __init__(self, file: BinaryIO, compression: str, outflow: Outflow) -> None:
        self._file = file
        self._fresh = COMPRESSIONS[compression]
        self._inner = self._fresh()
        self._outflow = outflow
        self._ready = b""
        self._out = 0
        self._ended = False

    def peek(self, count: int) -> bytes:
        """Return the next bytes without taking them, `count` at most."""
        while len(self._ready) < count and not self._ended:
            self._ready += self._next_piece()
        return self._ready[:count]

    def read(self, count: int) -> bytes:
        """Return the next bytes, fewer than `count` only at the end. `count` is the caller's to bound."""
        found = self.peek(count)
        self._ready = self._ready[count:]
        return found

    def chunks(self, size: int) -> Iterator[bytes]:
        """Yield all that is left."""
        while chunk := self.read(size):
            yield chunk

    def _next_piece(self) -> bytes:
        """Return more bytes; empty only at the end. Raises MediaRefused."""
        try:
            while not self._ended:
                raw = self._raw()
                piece = b"" if raw is None else self._inner.decompress(raw, _PIECE)
                self._out += len(piece)
                self._outflow.pour(len(piece), self._out)
                if piece:
                    return bytes(piece)
        except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError):
            raise MediaRefused(Refusal.MALFORMED) from None
        return b""

    def _raw(self) -> bytes | None:
        """Return what the decompressor is to be fed, perhaps nothing; None at the end."""
        if self._inner.eof:
            left = self._inner.unused_data or self._file.read(_PIECE)
            # Such files may be written one after another; zeros that fill up a block are no further one.
            if not left.strip(b"\0"):
                self._ended = True
                return None
            self._inner = self._fresh()
            return bytes(left)
        if not self._inner.needs_input:
            return b""
        data = self._file.read(_PIECE)
        if not data:
            raise EOFError
        return data
