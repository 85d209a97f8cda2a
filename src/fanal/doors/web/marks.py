"""The matched points and the outline of the shared part, laid over the pictures of a lead as they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fanal.casework.evidence.models import Content
from fanal.casework.leads.findings import Box
from fanal.casework.leads.models import Lead, RegionSearch
from fanal.casework.leads.queries import Hit
from fanal.casework.registry.models import Clue, Sighting
from fanal.doors.web.turning import as_shown, matrix_of

NUMBERED = 9
"""So many points bear a number; more could not be read."""
COLOURS = 6
_NONE = np.empty((0, 2))


@dataclass(frozen=True, slots=True)
class Dot:
    """One matched point, in the units of its marks."""

    x: float
    y: float
    number: int

    @property
    def label(self) -> str:
        """The number that is written beside it, the same in both pictures."""
        return str(self.number) if self.number <= NUMBERED else ""

    @property
    def colour(self) -> int:
        """Which of the colours it has."""
        return self.number % COLOURS


@dataclass(frozen=True, slots=True)
class Marks:
    """What is drawn over one picture, whose longer side is 1,000 units."""

    width: float
    height: float
    outline: str
    """Corners, as SVG writes them; empty for none."""
    dots: tuple[Dot, ...]


def marks_of(lead: Lead) -> tuple[Marks, Marks] | None:
    """Return what is drawn over the left and the right picture; None where there is nothing, as on films."""
    detail = next((said["detail"] for said in lead.findings if said["detail"].get("points")), None)
    if detail is None or any(_moves(content) for content in (lead.left, lead.right)):
        return None
    points = np.array(detail["points"], np.float64).reshape(-1, 4)
    return _marks(lead.left, points[:, :2], detail["here"]), _marks(lead.right, points[:, 2:], detail["there"])


def box_marks(boxed: RegionSearch | Clue | Box, content: Content, points: NDArray[np.float64] = _NONE) -> Marks:
    """Return the box of a search or a clue, drawn over the picture that it lies in, and points within it."""
    x, y, width, height = boxed.x, boxed.y, boxed.width, boxed.height
    corners = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]
    return _marks(content, points, corners)


def clue_marks(sighting: Sighting, picture: Content) -> Marks | None:
    """Return what is drawn over a clue's picture of where it is seen; None where it is seen in a film."""
    points = _points(sighting)
    return None if points is None else box_marks(sighting.clue, picture, points[:, :2])


def hit_marks(hit: Hit | Sighting) -> Marks | None:
    """Return where a search found its box in another picture; None for films, whose stills are of other moments."""
    points = _points(hit)
    return None if points is None else _marks(hit.content, points[:, 2:], hit.detail["there"])


def _points(hit: Hit | Sighting) -> NDArray[np.float64] | None:
    if _moves(hit.content) or not hit.detail.get("points"):
        return None
    return np.array(hit.detail["points"], np.float64).reshape(-1, 4)


def line_marks(content: Content, corners: Sequence[Sequence[Sequence[float]]]) -> tuple[Marks, ...]:
    """Return the outline of each line of text over its picture; none for films, whose stills are of other moments."""
    if _moves(content):
        return ()
    return tuple(_marks(content, np.empty((0, 2)), quad) for quad in corners)


def _moves(content: Content) -> bool:
    return content.duration is not None or not content.width or not content.height


def _marks(content: Content, points: NDArray[np.float64], outline: Sequence[Sequence[float]]) -> Marks:
    turn = matrix_of(as_shown(content))
    stored = np.array([content.width, content.height], np.float64)
    shown = np.abs(turn) @ stored
    shown *= 1000 / shown.max()
    corners = _placed(np.array(outline, np.float64).reshape(-1, 2), turn, shown)
    dots = _placed(points, turn, shown).round(1).tolist()
    width, height = shown.round(1).tolist()
    return Marks(
        width,
        height,
        " ".join(f"{x:.1f},{y:.1f}" for x, y in corners.tolist()),
        tuple(Dot(x, y, number) for number, (x, y) in enumerate(dots, start=1)),
    )


def _placed(shares: NDArray[np.float64], turn: NDArray[np.int64], shown: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return shares of the stored picture as places on the shown one."""
    return np.asarray(((shares - 0.5) @ turn.T + 0.5) * shown, np.float64)
