"""Counts what comes out of an archive, against what went in."""

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.limits import Limits
from fanal.engine.media.refusals import Refusal


class Outflow:
    """One for each archive; `pour` is called for every chunk before it is handed on."""

    def __init__(self, limits: Limits, size: int | None) -> None:
        """`size` is the archive's in bytes, None if its ratio is watched elsewhere."""
        self._limits = limits
        self._most = limits.output_bytes
        if size is not None:
            self._most = min(self._most, max(limits.ratio_floor, limits.ratio * size))
        self._out = 0

    def pour(self, count: int, of_member: int) -> None:
        """Count `count` bytes more, `of_member` of this member so far. Raises MediaRefused TOO_MUCH_OUTPUT."""
        self._out += count
        if self._out > self._most or of_member > self._limits.member_bytes:
            raise MediaRefused(Refusal.TOO_MUCH_OUTPUT)
