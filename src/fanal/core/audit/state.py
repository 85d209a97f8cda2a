"""How the log stands: its two sinks, its newest checkpoint, its witnesses, and when it was last verified."""

from dataclasses import dataclass
from datetime import datetime

from fanal.core.audit import place, queries
from fanal.core.audit.models import Checkpoint, Leaf
from fanal.core.audit.sink import FileSink
from fanal.core.audit.witnessing import Seen, seen_by_witnesses


@dataclass(frozen=True, slots=True)
class State:
    """What an auditor asks first. It is a glance: `fanal verify audit` proves."""

    leaves: int
    checkpoint: str
    signed: int
    signed_at: datetime | None
    sink_agrees: bool
    """Whether the second sink ends with the same entry as the table."""
    witnesses: tuple[Seen, ...]
    faults: tuple[str, ...]
    verified_at: datetime | None


def state() -> State:
    """Return how the log stands now."""
    last, point = Leaf.objects.order_by("-index").first(), Checkpoint.objects.order_by("-id").first()
    seen, faults = seen_by_witnesses()
    verified = Leaf.objects.filter(action="audit.verified").order_by("-index").first()
    return State(
        leaves=queries.size(),
        checkpoint=point.note if point else "",
        signed=point.size if point else 0,
        signed_at=point.at if point else None,
        sink_agrees=last is None or FileSink(place.sink_folder()).holds(last.index, last.entry.encode()),
        witnesses=tuple(seen),
        faults=tuple(str(one) for one in faults),
        verified_at=verified.at if verified else None,
    )
