"""The large parts of an index: hashes sorted into buckets, band by band, never changed once built."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.hamming.bands import Widths, look, table_places, widths_for
from fanal.engine.match.hamming.bits import WORDS
from fanal.engine.match.hamming.buckets import aligned, count_keys, gather, mark, place_entries, place_rows
from fanal.engine.match.hamming.compare import PADDING
from fanal.engine.match.hamming.crowds import Crowds, put_in_order, together
from fanal.engine.match.hamming.hits import Hits, collect
from fanal.engine.match.hamming.probe import probe
from fanal.engine.match.hamming.sweep import sweep
from fanal.kit.errors import Invalid

_MOST = 2**32 - 1
_BATCH = 64
"""From so many queries on it pays to do them band by band."""


class BandedPart:
    """Hashes in buckets. Rows stand in order of the first band's keys, so that band needs no entries of its own.

    Only what is gone changes, in memory of this process: the arrays may be mapped from a file and shared.
    """

    kind: ClassVar[str] = "banded"

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take over what `build` made, or a snapshot kept; without `dead` nothing is gone."""
        self._hashes: NDArray[np.uint64] = arrays["hashes"]
        self._ids: NDArray[np.int64] = arrays["ids"]
        self._by_id: NDArray[np.uint32] = arrays["by_id"]
        self._tables: NDArray[np.uint32] = arrays["tables"]
        self._windows: NDArray[np.uint64] = arrays["windows"]
        self._rows: NDArray[np.uint32] = arrays["rows"]
        self._crowds = Crowds(arrays["crowd_places"], arrays["crowd_pivots"], arrays["crowd_counts"])
        self._widths: Widths = tuple(arrays["widths"].tolist())
        self._dead = np.zeros(len(self._ids), np.uint8)
        self.alive = len(self._ids)
        self._bury(arrays.get("gone", np.empty(0, np.int64)))

    @classmethod
    def build(cls, hashes: NDArray[np.uint64], ids: NDArray[np.int64], widths: Widths | None = None) -> "BandedPart":
        """Sort mixed hashes (uint64[N * 4], N < 2**32) and their ids into buckets."""
        if len(ids) >= _MOST:
            raise Invalid(f"A part of the index holds fewer than {_MOST} hashes, not {len(ids)}.")
        widths = widths or widths_for(len(ids))
        tables = np.zeros(table_places(widths)[-1], np.uint32)
        own, own_ids, first_crowds = _sorted_rows(hashes, ids, widths, tables)
        windows, rows, more_crowds = _entries(own, widths, tables)
        crowds = together([*first_crowds, *more_crowds])
        by_id = np.argsort(own_ids, kind="stable").astype(np.uint32)
        kept: dict[str, NDArray[Any]] = {
            "hashes": own,
            "ids": own_ids,
            "by_id": by_id,
            "tables": tables,
            "windows": windows,
            "rows": rows,
            "crowd_places": crowds.places,
            "crowd_pivots": crowds.pivots,
            "crowd_counts": crowds.counts,
        }
        return cls({**kept, "widths": np.array(widths, np.int64)})

    def __len__(self) -> int:
        return len(self._ids)

    def hits(self, queries: NDArray[np.uint64], radius: int) -> Hits:
        """Return all pairs within the radius; queries are mixed hashes."""
        how = look(self._widths, radius, len(self._ids).bit_length())
        search = sweep if len(queries) // WORDS >= _BATCH else probe
        return collect(
            lambda room: search(
                self._hashes,
                self._ids,
                self._dead,
                self._tables,
                self._windows,
                self._rows,
                *self._crowds,
                how.bands,
                how.masks,
                queries,
                radius,
                *room,
            )
        )

    def kill(self, ids: NDArray[np.int64]) -> None:
        """Let all hashes of these ids be found no more."""
        self._bury(ids)

    def _bury(self, ids: NDArray[np.int64]) -> None:
        self.alive -= int(mark(self._ids, self._by_id, ids, self._dead))

    def living(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Return the hashes that can be found, and their ids."""
        keep = self._dead == 0
        return self._hashes.reshape(-1, WORDS)[keep].reshape(-1), self._ids[keep]

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Return what a snapshot must keep; later changes of the part do not reach it."""
        return {
            "hashes": self._hashes,
            "ids": self._ids,
            "by_id": self._by_id,
            "tables": self._tables,
            "windows": self._windows,
            "rows": self._rows,
            "crowd_places": self._crowds.places,
            "crowd_pivots": self._crowds.pivots,
            "crowd_counts": self._crowds.counts,
            "widths": np.array(self._widths, np.int64),
            "gone": np.unique(self._ids[self._dead != 0]),
        }


def _sorted_rows(
    hashes: NDArray[np.uint64], ids: NDArray[np.int64], widths: Widths, tables: NDArray[np.uint32]
) -> tuple[NDArray[np.uint64], NDArray[np.int64], list[Crowds]]:
    """Return hashes and ids in order of the first band's keys, and its crowds; fill that band's table."""
    table = tables[: table_places(widths)[1]]
    order = np.empty(len(ids), np.uint32)
    own = cast("NDArray[np.uint64]", aligned(len(ids) * WORDS, np.uint64))
    own_ids = np.empty(len(ids), np.int64)
    count_keys(hashes, 0, widths[0], table)
    place_rows(hashes, 0, widths[0], table, order)
    crowds = []
    for entries, best, crowd in put_in_order(0, table, order, hashes):
        order[entries] = order[entries][best]
        crowds.append(crowd)
    gather(hashes, ids, order, own, own_ids)
    return own, own_ids, crowds


def _entries(
    own: NDArray[np.uint64], widths: Widths, tables: NDArray[np.uint32]
) -> tuple[NDArray[np.uint64], NDArray[np.uint32], list[Crowds]]:
    """Return windows, rows and crowds of all bands but the first, and fill their tables."""
    count = len(own) // WORDS
    places = table_places(widths)
    windows = cast("NDArray[np.uint64]", aligned((len(widths) - 1) * count + PADDING, np.uint64))
    rows = np.empty((len(widths) - 1) * count, np.uint32)
    crowds = []
    for band in range(1, len(widths)):
        mine = slice((band - 1) * count, band * count)
        table = tables[places[band] : places[band + 1]]
        start = sum(widths[:band])
        count_keys(own, start, widths[band], table)
        place_entries(own, start, widths[band], table, windows[mine], rows[mine])
        for entries, best, crowd in put_in_order(band, table, rows[mine], own):
            windows[mine][entries] = windows[mine][entries][best]
            rows[mine][entries] = rows[mine][entries][best]
            crowds.append(crowd)
    windows[-PADDING:] = 0
    return windows, rows, crowds
