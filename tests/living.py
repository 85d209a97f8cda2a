"""Prints as rows, without pictures: for tests of the live index, and what it must answer."""

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from fanal.casework.evidence.models import Content
from fanal.casework.prints.live import LiveIndex
from fanal.casework.prints.models import Print
from hashes import Hashes, Pairs, brute

TECHNIQUE = "pdq/1"
GATE = 50


def some_content() -> Content:
    """Return a content that prints can belong to."""
    return Content.objects.get_or_create(md5=b"\x01" * 16, state=Content.State.HASH_ONLY)[0]


def added(content: Content, hashes: Hashes, quality: int = 100) -> NDArray[np.int64]:
    """Commit prints and return their feed numbers."""
    rows = [Print(content=content, technique=TECHNIQUE, data=bytes(one), quality=quality) for one in hashes]
    with transaction.atomic():
        Print.objects.bulk_create(rows)
    return np.array([row.feed for row in rows], np.int64)


def removed(feeds: NDArray[np.int64]) -> None:
    """Commit the deletion of prints."""
    with transaction.atomic():
        Print.objects.filter(feed__in=feeds.tolist()).delete()


def stored() -> tuple[Hashes, NDArray[np.int64]]:
    """Return the prints that take part in matching, read from the rows alone."""
    rows = list(Print.objects.filter(technique=TECHNIQUE, quality__gte=GATE).values_list("data", "feed"))
    hashes = np.frombuffer(b"".join(bytes(data) for data, _ in rows), np.uint8).reshape(-1, 32)
    return hashes, np.array([feed for _, feed in rows], np.int64)


def answers(index: LiveIndex, queries: Hashes, radius: int = 31) -> Pairs:
    """Return (query, distance, feed) of all that the live index finds."""
    lims, feeds, distances = index.search(queries, radius)
    of = np.repeat(np.arange(len(queries)), np.diff(lims))
    return sorted(zip(of.tolist(), distances.tolist(), feeds.tolist(), strict=True))


def expected(queries: Hashes, radius: int = 31) -> Pairs:
    """Return what comparing each query with each row finds."""
    return brute(*stored(), queries, radius)
