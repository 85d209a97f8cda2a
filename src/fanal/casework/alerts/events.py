"""News from alerts."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AlertsRaised:
    """These alerts are new or have grown, in the transaction in which this is told."""

    alerts: tuple[UUID, ...]
