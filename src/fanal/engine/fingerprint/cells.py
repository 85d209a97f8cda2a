"""The pictures that a collage or a contact sheet is put together from: what straight gutters of one colour cut apart.

A gutter goes from edge to edge: through the whole picture first, then through each piece, as pages of print are cut
(G. Nagy and S. Seth, "Hierarchical representation of optically scanned documents", ICPR 1984). So cells need not be
equal, and what lies around a picture within its cell goes as the gutters do, where it has their colour.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.region import Region
from fanal.engine.fingerprint.sampling import Plane

_LOOKED_AT = 768
"""Pixels of the longer side of which none is passed over."""
_SAMPLES = 64
_EVEN = 8.0
"""Deviation, of 255, below which a line from edge to edge may be one of a gutter."""
_NEAR = (12, 28)
"""By so much, of 255, each of red, green and blue of a gutter may differ from its colour. Less, and what rings about a
picture in a JPEG is taken for it; more, and a bright sky goes with a white page: both are tried."""
_SAME = 2
"""Pixels by which two cells may differ that are one."""
_FULL = 0.95
"""Of the pixels of a line of a gutter have its colour."""
_ENDED, _BESIDE = 0.8, 3
"""So many pixels beside a gutter less than this share has its colour: a sky fades, a gutter ends."""
_SMALLEST, _SMALLEST_SIDE, _MOST = 1 / 12, 48, 36
"""Of the longer side, and in pixels; and how many cells a collage has at most."""
_THINNEST = 4
"""A cell so many times longer than wide is a bar or a line of print."""

Mask = NDArray[np.bool_]


def cells_of(pixels: Plane) -> list[Region]:
    """Return the cells of a collage in its pixels, from the upper left; none where a picture is no collage."""
    height, width = pixels.shape[:2]
    step = max(1, max(height, width) // _LOOKED_AT)
    coloured = pixels[..., :3] if pixels.ndim == 3 else pixels[..., None]
    looked = coloured[::step, ::step]
    colour = _gutter_colour(looked)
    if colour is None:
        return []
    found: list[Region] = []
    for near in _NEAR:
        found += [cell for cell in _cells(looked, colour, near) if not any(_same(cell, known) for known in found)]
    return [Region(*(step * length for length in cell)) for cell in sorted(found, key=lambda cell: (cell.y, cell.x))]


def _cells(pixels: Plane, colour: NDArray[np.int16], near: int) -> list[Region]:
    """Return the cells where so much belongs to the gutters as differs by so much from their colour."""
    gutter = np.logical_and.reduce([np.abs(pixels[..., i] - np.int16(tint)) <= near for i, tint in enumerate(colour)])
    if not (_is_cut(gutter) or _is_cut(gutter.T)):
        return []
    least = max(_SMALLEST_SIDE, round(_SMALLEST * max(gutter.shape)))
    found = [cell for cell in _cut(gutter, 0, 0) if _is_picture(cell, least)]
    return found if 2 <= len(found) <= _MOST else []


def _same(cell: Region, other: Region) -> bool:
    return all(abs(one - two) <= _SAME for one, two in zip(cell, other, strict=True))


def _gutter_colour(pixels: Plane) -> NDArray[np.int16] | None:
    """Return the colour of most gutters: lines of one colour from edge to edge, if any lie within the picture."""
    places, colours = [], []
    for lines in (pixels, pixels.swapaxes(0, 1)):
        some = lines[:, :: max(1, lines.shape[1] // _SAMPLES)]
        even = np.flatnonzero(some[..., -1].astype(np.float32).std(axis=1) <= _EVEN)
        even = even[(some[even].std(axis=1) <= _EVEN).all(axis=1)]
        places.append(even)
        colours.append(some[even].mean(axis=1))
    # Lines at the edges are bars, or a border: something must lie on both sides.
    if not any(_lies_within(at, length) for at, length in zip(places, pixels.shape[:2], strict=True)):
        return None
    each = np.concatenate(colours)
    _, kind = np.unique(np.round(each / _NEAR[0]), axis=0, return_inverse=True)
    kind = kind.ravel()
    # Lines beside each other are one gutter, however wide: a flat picture must not outweigh the gutters about it.
    apart = np.concatenate([np.diff(at, prepend=-2) != 1 for at in places]) | (np.diff(kind, prepend=-1) != 0)
    chosen = np.bincount(kind[apart]).argmax()
    return np.asarray(np.median(each[kind == chosen], axis=0).round(), np.int16)


def _lies_within(places: NDArray[np.int64], length: int) -> bool:
    """Tell whether these lines leave something on both sides of one of them."""
    return int((np.diff(np.concatenate([[-1], places, [length]])) > 1).sum()) > 1


def _is_cut(gutter: Mask) -> bool:
    """Tell whether a gutter with a sharp end on both sides goes down through the whole picture."""
    share = gutter.mean(axis=0)
    pieces = _pieces(share >= _FULL)
    for (_, left), (right, _) in pairwise(pieces):
        before, after = share[max(0, left - _BESIDE) : left], share[right : right + _BESIDE]
        if before.min() < _ENDED and after.min() < _ENDED:
            return True
    return False


def _cut(gutter: Mask, x: int, y: int) -> list[Region]:
    """Return what is left of a piece, which lies at these pixels, once it is cut along all gutters."""
    height, width = gutter.shape
    across, down = _pieces(gutter.mean(axis=0) >= _FULL), _pieces(gutter.mean(axis=1) >= _FULL)
    if not across or not down:
        return []
    if across == [(0, width)] and down == [(0, height)]:
        return [Region(x, y, width, height)]
    if down != [(0, height)] and (len(down) >= len(across) or across == [(0, width)]):
        return [cell for top, end in down for cell in _cut(gutter[top:end], x, y + top)]
    return [cell for left, end in across for cell in _cut(gutter[:, left:end], x + left, y)]


def _pieces(is_gutter: Mask) -> list[tuple[int, int]]:
    """Return from where to where there is no gutter along an axis."""
    changes = np.flatnonzero(np.diff(np.concatenate([[True], is_gutter, [True]])))
    return list(zip(changes[::2].tolist(), changes[1::2].tolist(), strict=True))


def _is_picture(cell: Region, least: int) -> bool:
    shorter, longer = sorted((cell.width, cell.height))
    return shorter >= least and longer <= _THINNEST * shorter
