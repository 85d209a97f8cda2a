"""The members of an archive as they come through the wall, counted on the outside too."""

from collections.abc import Iterator

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.limits import Limits
from fanal.engine.media.member import Member
from fanal.engine.media.refusals import Refusal
from fanal.engine.sandbox.decoder import Decoder
from fanal.engine.sandbox.wire import CHUNK, END, MEMBER, MEMBER_END, REFUSED, Wire

_UNBOUNDED = 1 << 62
"""The wire's own count is for single answers; here the bytes of members are counted against the limits."""


class Unpacking:
    """Reads one decoder's stream of members."""

    def __init__(self, decoder: Decoder, limits: Limits) -> None:
        self._decoder = decoder
        self._wire = Wire(decoder.take, most=_UNBOUNDED)
        self._limits = limits
        self._count = 0
        self._bytes = 0
        self._held = 0
        self._within = False
        self._ending: Refusal | None = None

    def members(self) -> Iterator[Member]:
        """Yield each member; chunks that are not taken are passed over. Raises MediaRefused."""
        while (kind := self._wire.kind(MEMBER, REFUSED, END)) == MEMBER:
            self._count += 1
            if self._count > self._limits.archive_members:
                raise MediaRefused(Refusal.TOO_MANY_MEMBERS)
            path, size, modified = self._wire.member()
            self._held, self._within = 0, True
            yield Member(path, size, modified, self._chunks(self._count))
            while self._within:
                self._next()
        refusal = self._wire.refusal() if kind == REFUSED else None
        self._decoder.finish()
        if refusal is not None:
            raise MediaRefused(refusal)

    def _chunks(self, number: int) -> Iterator[bytes]:
        """Yield the bytes of member `number` while it is the present one. Raises MediaRefused."""
        while self._within and self._count == number:
            if chunk := self._next():
                yield chunk
            elif self._ending is not None:
                raise MediaRefused(self._ending)

    def _next(self) -> bytes:
        """Return the next bytes of the present member, b"" at its end."""
        if self._wire.kind(CHUNK, MEMBER_END) == MEMBER_END:
            self._within, self._ending = False, self._wire.member_end()
            return b""
        chunk = self._wire.chunk()
        self._held += len(chunk)
        self._bytes += len(chunk)
        if self._held > self._limits.member_bytes or self._bytes > self._limits.output_bytes:
            raise MediaRefused(Refusal.TOO_MUCH_OUTPUT)
        return chunk
