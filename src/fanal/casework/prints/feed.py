"""What happened to the prints, in the order in which it became visible: additions, and removals."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from fanal.casework.prints.models import Generation, Print, Removal
from fanal.kit.ids import new_id

CHUNK = 50_000

Rows = tuple[NDArray[np.uint8], NDArray[np.int64]]

# One statement sees one moment: nothing can come between the three.
HEAD = """
SELECT (SELECT name FROM prints_generation),
       coalesce((SELECT max(feed) FROM prints_print WHERE technique = %(technique)s), 0),
       coalesce((SELECT max(number) FROM prints_removal WHERE technique = %(technique)s), 0)
"""


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where the rows were taken in."""

    generation: UUID
    added: int
    removed: int


def head(technique: str) -> Position:
    """Return where the feeds of a technique stand now."""
    with connection.cursor() as cursor:
        cursor.execute(HEAD, {"technique": technique})
        name, added, removed = cursor.fetchone() or (None, 0, 0)
    if name is None:
        name = Generation.objects.get_or_create(only=1, defaults={"name": new_id()})[0].name
    return Position(name, added, removed)


def added(technique: str, gate: int, width: int, after: int, upto: int) -> Iterator[Rows]:
    """Yield the prints (uint8[N, width]) of quality `gate` and more with their feed numbers, in order."""
    while True:
        rows = Print.objects.filter(technique=technique, feed__gt=after, feed__lte=upto, quality__gte=gate)
        chunk = list(rows.order_by("feed").values_list("feed", "data")[:CHUNK])
        if not chunk:
            return
        hashes = np.frombuffer(b"".join(bytes(data) for _, data in chunk), np.uint8).reshape(-1, width)
        yield hashes, np.fromiter((feed for feed, _ in chunk), np.int64, len(chunk))
        after = chunk[-1][0]


def removed(technique: str, after: int, upto: int) -> NDArray[np.int64]:
    """Return the feed numbers of the prints that were deleted."""
    rows = Removal.objects.filter(technique=technique, number__gt=after, number__lte=upto)
    return np.fromiter(rows.values_list("feed", flat=True).iterator(CHUNK), np.int64)
