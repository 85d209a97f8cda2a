"""What is known of one file once it was read: all that matching and printing need, without its pixels."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fanal.engine.fingerprint.digest import Digests
from fanal.engine.fingerprint.prints import Print
from fanal.engine.media.findings import Fact


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the bytes of a file tell, wherever the file lies: this is what the cache keeps."""

    family: str
    media_type: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    prints: tuple[Print, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a file could not be read."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One file that was read, or could not be."""

    name: str
    """As it is shown; a member of an archive has the archive's name, a slash and its own path."""
    place: str
    """Where it lies, so that no file is compared with itself: the resolved path, and the member's number."""
    digests: Digests | None = None
    knowledge: Knowledge | None = None
    fault: Fault | None = None
    corner: tuple[int, int] = (0, 0)
    """Where the upper left pixel of what was read lies in the stored picture: elsewhere only for a region."""

    @property
    def prints(self) -> tuple[Print, ...]:
        """Its prints; none where it could not be read."""
        return self.knowledge.prints if self.knowledge else ()

    @property
    def is_part(self) -> bool:
        """Whether this is a part of a picture: it was read, and has no digests of its own."""
        return self.knowledge is not None and self.digests is None
