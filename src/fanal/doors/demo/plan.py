"""The plan of the demonstration world: which files exist, how each is made, and which belong together."""

from dataclasses import dataclass, field
from typing import Literal

SourceKind = Literal["seized_device", "online", "hotline", "provider_report"]
Visibility = Literal["all_connected", "own"]


@dataclass(frozen=True)
class Shot:
    """A photograph of a room: which view, at what time of day; `shift` numbers small movements of the hand."""

    room: str
    view: int
    mood: str
    shift: int = 0


@dataclass(frozen=True)
class Scenery:
    """A picture that has nothing to do with anything: a landscape ("hills", "sea", ...) or "drawing"."""

    kind: str
    number: int


@dataclass(frozen=True)
class Still:
    """One frame of a clip."""

    clip: str
    second: float


@dataclass(frozen=True)
class Edit:
    """One change to a picture; see edits.py for the kinds and what `amount` means for each."""

    kind: str
    amount: float = 0.0
    text: str = ""


@dataclass(frozen=True)
class Plate:
    """A picture file: where from, what was done to it, what its EXIF says. `camera` "" means no EXIF."""

    path: str
    source: Shot | Scenery | Still
    edits: tuple[Edit, ...] = ()
    camera: str = ""
    taken: str = ""
    place: tuple[float, float] | None = None
    quality: int = 90


@dataclass(frozen=True)
class Clip:
    """A film that pans over a room. `cut` is its part of the whole pan in seconds; `tune` names the sound under it."""

    path: str
    shot: Shot
    cut: tuple[float, float] = (0.0, 7.0)
    size: tuple[int, int] = (832, 468)
    letterbox: bool = False
    rate: int = 15
    bitrate: int = 1_400_000
    tune: str = ""


@dataclass(frozen=True)
class Note:
    """A sound file: a voice-like murmur or a little tune by name; `cut` in seconds; `hiss` is added noise."""

    path: str
    tune: str
    cut: tuple[float, float] = (0.0, 9.0)
    hiss: float = 0.0
    bitrate: int = 96_000


@dataclass(frozen=True)
class Planted:
    """Two files that belong together. `how` is "exact", "altered", "object", "room", "clip" or "sound"."""

    first: str
    second: str
    how: str
    what: str


@dataclass(frozen=True)
class Reference:
    """A thing in a picture that points to a country: its box in shares of the picture, and what is told of it."""

    path: str
    box: tuple[float, float, float, float]
    title: str
    description: str
    countries: tuple[str, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Delivery:
    """One submission: its folder under the world, and what an agency says about it."""

    folder: str
    case: str
    source: SourceKind
    legal_basis: str
    visibility: Visibility


@dataclass
class Plan:
    """Every file of the world. `copies` are exact copies (from, to); `archives` pack a folder into a ZIP."""

    plates: list[Plate] = field(default_factory=list)
    clips: list[Clip] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    copies: list[tuple[str, str]] = field(default_factory=list)
    archives: list[tuple[str, str]] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)
    deliveries: dict[str, list[Delivery]] = field(default_factory=dict)
    catalogue: list[Reference] = field(default_factory=list)
    marked: str = ""
