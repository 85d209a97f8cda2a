"""What a grid shows of a content before anyone reveals it: its glimpse, kind and what is known."""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fanal.casework.evidence.models import Content
from fanal.casework.evidence.queries import as_known_to
from fanal.casework.prints.queries import Picture, glimpses_of, previews_of
from fanal.core.access.models import User
from fanal.engine.fingerprint.prints import IN_THUMBNAIL
from fanal.engine.match.phrases import clock
from fanal.engine.media.refusals import refusal_numbered


@dataclass(frozen=True, slots=True)
class Still:
    """One preview that can be revealed."""

    position: int
    time: float | None
    """Seconds into the recording."""

    @property
    def label(self) -> str:
        """The time as people say it; empty for a picture."""
        return "" if self.time is None else clock(self.time)


@dataclass(frozen=True, slots=True)
class Tile:
    """One content in a grid. `glimpse` is a data address of a few blurred pixels, or empty."""

    content: Content
    glimpse: str
    stills: tuple[Still, ...]
    """In the order of their times."""
    chosen: Still | None
    """What is revealed first; None when there is nothing to show."""
    width: int
    height: int
    thumbnail: Still | None = None
    """An embedded thumbnail that shows something else than the content."""
    at_moment: bool = False
    """True when the still was chosen for what it shows, not as the content's face."""

    @property
    def refusal(self) -> str:
        """Why the content could not be read, or nothing."""
        return "" if self.content.refusal is None else refusal_numbered(self.content.refusal).sentence

    @property
    def length(self) -> str:
        """The length of a recording as people say it; a moment shorter than a second is still one."""
        return "" if self.content.duration is None else clock(max(1.0, round(self.content.duration)))

    @property
    def of_thumbnail(self) -> "Tile | None":
        """The tile of the thumbnail alone, without the glimpse, which is of the content."""
        if self.thumbnail is None:
            return None
        return replace(self, glimpse="", stills=(self.thumbnail,), chosen=self.thumbnail)

    def showing(self, still: Still | None) -> "Tile":
        """Return the tile with this still in front; as it is for None."""
        return self if still is None else replace(self, chosen=still, at_moment=True)


def tiles_of(officer: User, contents: Sequence[Content]) -> dict[int, Tile]:
    """Return a tile for each content that the officer sees, by its id: what their agency may know of it."""
    known = as_known_to(officer.agency, contents)
    ids = [content.pk for content in known if content.state != Content.State.HASH_ONLY]
    previews, glimpses = previews_of(ids), glimpses_of(ids)
    return {
        content.pk: _tile(content, previews.get(content.pk, []), glimpses.get(content.pk, b"")) for content in known
    }


def _tile(content: Content, previews: Sequence[Picture], glimpse: bytes) -> Tile:
    face = previews[0] if previews else None
    return Tile(
        content=content,
        glimpse="data:image/jpeg;base64," + base64.b64encode(glimpse).decode() if glimpse else "",
        stills=_in_time(Still(each.position, each.time) for each in previews if each.time != IN_THUMBNAIL),
        chosen=Still(face.position, face.time) if face else None,
        width=face.width if face else 4,
        height=face.height if face else 3,
        thumbnail=next((Still(each.position, None) for each in previews if each.time == IN_THUMBNAIL), None),
    )


def _in_time(stills: Iterable[Still]) -> tuple[Still, ...]:
    return tuple(sorted(stills, key=lambda still: (still.time or 0.0, still.position)))
