"""Bytes that arrive in pieces, read like a file."""

import io
from collections.abc import Iterator


class ChunkReader(io.RawIOBase):
    """A file that is read forwards once; what the pieces raise, reading raises."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, all that is left for -1, and nothing at the end."""
        if size < 0:
            return b"".join([self._rest, *self._chunks])
        while not self._rest:
            piece = next(self._chunks, None)
            if piece is None:
                return b""
            self._rest = piece
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken
