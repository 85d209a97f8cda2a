"""What the broker asks of the zygote: words on our own side of the wall, before any hostile byte is read."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from fanal.engine.fingerprint.region import Region
from fanal.engine.media.limits import Limits

Verb = Literal["examine", "unpack", "prints_of"]

STARTED, ENDED, NOT_STARTED = range(1, 4)
"""What the zygote notes about a child; its descriptor follows the first, its wait status and CPU time the second."""
NOTE = "!Bid"
CANNOT_CONFINE = 77
"""Exit status of a child that could not confine itself and therefore read nothing."""
LONGEST = 1 << 16
_LONGEST_NAME = 1_024


@dataclass(frozen=True, slots=True)
class Decoders:
    """What runs inside the wall, each as `module:function` that the zygote imports."""

    examine: str = "fanal.engine.media.examine:examine"
    unpack: str = "fanal.engine.media.archive:unpack"
    warm: str = "fanal.engine.sandbox.warm:warm"
    """Called once before confinement with the two others; "" for nothing."""
    prints_of: str = "fanal.engine.media.examine:prints_of"


@dataclass(frozen=True, slots=True)
class Plan:
    """How a zygote is to live."""

    control: int
    """The descriptor on which orders arrive."""
    decoders: Decoders

    def words(self) -> str:
        """Return the plan as one command-line argument."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, words: str) -> "Plan":
        """Read what `words` wrote."""
        fields: dict[str, Any] = json.loads(words)
        return cls(fields["control"], Decoders(**fields["decoders"]))


@dataclass(frozen=True, slots=True)
class Order:
    """Decode one file. With it go the file, the child's end of the wire and the zygote's end of the notes."""

    verb: Verb
    name: str
    cpu_seconds: float
    limits: Limits
    region: Region | None = None
    """Only this part of a picture."""
    technique: str = ""
    """Only the prints of this added technique; "" for all that our own find."""
    more: bool = False
    """Whether further orders may follow on the wire, each with a file."""

    def message(self) -> bytes:
        """Return the order as one packet. Of an endless name the end is kept, where the extension is."""
        fields = {
            "verb": self.verb,
            "name": self.name[-_LONGEST_NAME:],
            "cpu_seconds": self.cpu_seconds,
            "limits": asdict(self.limits),
            "region": self.region,
            "technique": self.technique,
            "more": self.more,
        }
        return json.dumps(fields).encode("ascii")

    @classmethod
    def read(cls, message: bytes) -> "Order":
        """Read what `message` wrote."""
        fields: dict[str, Any] = json.loads(message)
        region = Region(*fields["region"]) if fields["region"] else None
        limits = Limits(**fields["limits"])
        told = (fields["verb"], fields["name"], fields["cpu_seconds"], limits, region)
        return cls(*told, fields["technique"], fields["more"])
