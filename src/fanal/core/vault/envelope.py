"""The key of one content, and what is sealed under it: its bytes, and derivatives such as previews.

Everything here is Tink's streaming AEAD AES256_GCM_HKDF_1MB: a key of its own for each stream, a tag for each MiB,
and an end that cannot be cut off. What the wall gave back or the disk kept is read only after its tag held.
"""

import io
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import BinaryIO, Self

import tink
from tink import streaming_aead

from fanal.core.vault.store import Sink

streaming_aead.register()
PIECE = 1 << 20
_BYTES = b"fanal vault bytes/1"
_DERIVED = b"fanal vault derivative/1"


class NotGenuine(Exception):
    """Sealed bytes do not open: they were altered or cut, or they belong to another key."""


class DataKey:
    """The key of one content. Erasing it erases the bytes and everything derived from them."""

    def __init__(self, handle: tink.KeysetHandle) -> None:
        self.handle = handle
        self._primitive: streaming_aead.StreamingAead = handle.primitive(streaming_aead.StreamingAead)

    @classmethod
    def new(cls) -> "DataKey":
        """Draw a new key."""
        return cls(tink.new_keyset_handle(streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB))

    def sealing(self, sink: Sink) -> AbstractContextManager["SealingStream"]:
        """Seal what is written to this stream into `sink`; the message ends with the block, unless the block raises."""
        return _sealing(self._primitive, sink, _BYTES)

    def opening(self, sealed: BinaryIO) -> Iterator[bytes]:
        """Yield the plain bytes in pieces of a MiB. Raises NotGenuine, at the piece that is not."""
        return _open(self._primitive, sealed, _BYTES)

    def seal(self, derived: bytes) -> bytes:
        """Seal a derivative, whole."""
        sink = io.BytesIO()
        with _sealing(self._primitive, sink, _DERIVED) as stream:
            stream.write(derived)
        return sink.getvalue()

    def unseal(self, sealed: bytes) -> bytes:
        """Open a derivative, whole. Raises NotGenuine."""
        return b"".join(_open(self._primitive, io.BytesIO(sealed), _DERIVED))


class SealingStream:
    """A stream into a sink that keeps the sink's own errors, which Tink would turn into one of its own."""

    def __init__(self, primitive: streaming_aead.StreamingAead, sink: Sink, binding: bytes) -> None:
        self._target = _Target(sink)
        self._stream = primitive.new_encrypting_stream(self._target, binding)

    def write(self, data: bytes | memoryview) -> None:
        """Seal and pass on all of `data`. Raises what the sink raises."""
        with self._target:
            self._stream.write(data)

    def finish(self) -> None:
        """Write the last tag. Without it the message does not open. Raises what the sink raises."""
        with self._target:
            self._stream.close()

    def abandon(self) -> None:
        """Let go of the sink: Python closes Tink's stream when it forgets it, which would write to it once more."""
        self._target.sink = None


@contextmanager
def _sealing(primitive: streaming_aead.StreamingAead, sink: Sink, binding: bytes) -> Iterator[SealingStream]:
    stream = SealingStream(primitive, sink, binding)
    try:
        yield stream
        stream.finish()
    finally:
        stream.abandon()


class _Target(io.RawIOBase):
    def __init__(self, sink: Sink) -> None:
        self.sink: Sink | None = sink
        self._fault: BaseException | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # Tink passes bytes, always
        if self.sink is None:
            return len(data)
        try:
            return self.sink.write(data)
        except BaseException as fault:
            self._fault = fault
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        if self._fault is not None:
            raise self._fault


def _open(primitive: streaming_aead.StreamingAead, sealed: BinaryIO, binding: bytes) -> Iterator[bytes]:
    source = _Source(sealed)
    try:
        stream = primitive.new_decrypting_stream(source, binding)
        while piece := stream.read(PIECE):
            yield piece
    except tink.TinkError as fault:
        if source.fault is not None:
            raise source.fault from None
        raise NotGenuine("The sealed bytes were altered or cut, or belong to another key.") from fault


class _Source(io.RawIOBase):
    def __init__(self, sealed: BinaryIO) -> None:
        self._sealed = sealed
        self.fault: BaseException | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            return self._sealed.read(size)
        except BaseException as fault:
            self.fault = fault
            raise
