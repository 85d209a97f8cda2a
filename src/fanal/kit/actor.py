"""Who acts: a person of an agency, or the system itself."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """One who does or sees something. `agency` is None only for the system and its operator."""

    kind: str
    reference: str
    agency: UUID | None = None

    def __str__(self) -> str:
        return f"{self.kind}:{self.reference}"


SYSTEM = Actor(kind="system", reference="fanal")
