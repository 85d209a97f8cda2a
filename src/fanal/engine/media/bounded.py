"""Members of a ZIP archive in bzip2 and LZMA, unfolded a bounded piece at a time."""

import bz2
import io
import lzma
import zipfile
import zlib
from typing import IO, Any

from fanal.engine.media.inflate import LZMA_MEMORY

BOUNDED = (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_PIECE = 1 << 16


class Bounded(io.RawIOBase, IO[bytes]):
    """The unfolded bytes of one member; `read` returns no more than it is asked for, b"" at the end.

    Raises zipfile.BadZipFile if the member is not what its checksum says, EOFError if it ends early, and what the
    decompressors raise.
    """

    def __init__(self, raw: IO[bytes], method: int, checksum: int) -> None:
        self._raw = raw
        self._inner: Any = bz2.BZ2Decompressor() if method == zipfile.ZIP_BZIP2 else _lzma(raw)
        self._expected = checksum
        self._checksum = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next `size` bytes, fewer only at the end."""
        pieces: list[bytes] = []
        while size > 0 and not self._inner.eof:
            fed = self._raw.read(_PIECE) if self._inner.needs_input else b""
            if self._inner.needs_input and not fed:
                raise EOFError
            piece = self._inner.decompress(fed, min(size, _PIECE))
            size -= len(piece)
            pieces.append(piece)
        found = b"".join(pieces)
        self._checksum = zlib.crc32(found, self._checksum)
        if self._inner.eof and self._checksum != self._expected:
            raise zipfile.BadZipFile("checksum")
        return found


def _lzma(raw: IO[bytes]) -> lzma.LZMADecompressor:
    """Read the properties before the stream (APPNOTE 5.8.8) and refuse a dictionary that is too large."""
    head = raw.read(4)
    properties = raw.read(int.from_bytes(head[2:4], "little"))
    if len(properties) != 5:
        raise zipfile.BadZipFile("properties")
    dictionary = int.from_bytes(properties[1:], "little")
    if dictionary > LZMA_MEMORY:
        raise MemoryError
    rest, lc = divmod(properties[0], 9)
    pb, lp = divmod(rest, 5)
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": dictionary, "lc": lc, "lp": lp, "pb": pb}]
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
