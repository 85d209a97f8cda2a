"""What verifying a log found."""

from collections.abc import Mapping
from dataclasses import dataclass

from fanal.engine.merkle.replay import Fault


@dataclass(frozen=True, slots=True)
class Report:
    """The log as far as it could be played, and everything that is wrong with it."""

    size: int
    root: bytes
    checkpoints: int
    faults: tuple[Fault, ...]
    orphans: int = 0
    """Lines of the second sink whose transaction was rolled back: nothing was done, nothing is missing."""
    witnessed: tuple[str, ...] = ()
    """Who saw how much of it and when, in sentences."""

    @property
    def holds(self) -> bool:
        """True when nothing is wrong."""
        return not self.faults

    @property
    def first_bad_leaf(self) -> int | None:
        """The lowest leaf that a fault names."""
        return min((fault.first for fault in self.faults if fault.first is not None), default=None)

    def plain(self) -> Mapping[str, object]:
        """Return the report as JSON can say it."""
        return {
            "holds": self.holds,
            "size": self.size,
            "root": self.root.hex(),
            "checkpoints": self.checkpoints,
            "orphans": self.orphans,
            "witnessed": list(self.witnessed),
            "first_bad_leaf": self.first_bad_leaf,
            "faults": [{"sentence": one.sentence, "first": one.first, "last": one.last} for one in self.faults],
        }
