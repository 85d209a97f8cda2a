"""What a grid shows of a content before anyone reveals it: its glimpse, kind and what is known."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from fanal.casework.evidence.models import Content
from fanal.casework.prints.queries import glimpses_of, previews_of
from fanal.engine.media.refusals import refusal_numbered


@dataclass(frozen=True, slots=True)
class Tile:
    """One content in a grid. `glimpse` is a data address of a few blurred pixels, or empty."""

    content: Content
    glimpse: str
    pictures: tuple[int, ...]
    """Positions of the previews that can be revealed."""
    times: tuple[float | None, ...]
    width: int
    height: int

    @property
    def first(self) -> int:
        """Position of the picture to reveal first; 0 when there is none."""
        return self.pictures[0] if self.pictures else 0

    @property
    def refusal(self) -> str:
        """Why the content could not be read, or nothing."""
        return "" if self.content.refusal is None else refusal_numbered(self.content.refusal).sentence


def tiles_of(contents: Sequence[Content]) -> dict[int, Tile]:
    """Return a tile for each content, by its id."""
    ids = [content.pk for content in contents]
    previews, glimpses = previews_of(ids), glimpses_of(ids)
    tiles = {}
    for content in contents:
        shown = previews.get(content.pk, [])
        glimpse = glimpses.get(content.pk, b"")
        tiles[content.pk] = Tile(
            content=content,
            glimpse="data:image/webp;base64," + base64.b64encode(glimpse).decode() if glimpse else "",
            pictures=tuple(preview.position for preview in shown),
            times=tuple(preview.time for preview in shown),
            width=shown[0].width if shown else 4,
            height=shown[0].height if shown else 3,
        )
    return tiles
