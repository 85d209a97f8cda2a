"""Proves that a live index, as a process would begin with it here, is what the rows say."""

import sys
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction

from fanal.casework.prints.keeping import Keeper
from fanal.casework.prints.live import LiveIndex
from fanal.casework.prints.models import Print
from fanal.casework.prints.queries import snapshots
from fanal.core.audit.actions import record
from fanal.engine.fingerprint.pdq import HASH_BYTES, QUALITY_GATE, RADIUS, TECHNIQUE
from fanal.kit.actor import Actor
from fanal.kit.settings import read

SAMPLE = 256
"""Prints from each end of the feed that are asked for; each must find itself."""

ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What verifying the index found."""

    prints: int
    damages: tuple[str, ...]
    """What is wrong with snapshots; they are built again when a process next begins with them."""
    differing: tuple[int, ...]
    """Feed numbers for which the index does not hold what the rows say."""
    unfound: tuple[int, ...]
    """Feed numbers of prints that were asked for and did not find themselves."""

    @property
    def holds(self) -> bool:
        """True when nothing is wrong."""
        return not (self.damages or self.differing or self.unfound)


def verify_index(actor: Actor) -> IndexReport:
    """Compare the snapshot of this machine, brought up to date, with all rows; log that it was done."""
    folder = snapshots()
    damages = tuple(Keeper(folder, TECHNIQUE).damages())
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(ONE_MOMENT)
        memory = read().index_memory
        index = LiveIndex(TECHNIQUE, HASH_BYTES, QUALITY_GATE, folder, keep_from=sys.maxsize, memory=memory)
        index.refresh()
        differing = tuple(index.differing().tolist())
        report = IndexReport(len(index), damages, differing, tuple(_unfound(index)))
    with transaction.atomic():
        detail = {"prints": report.prints, "faults": len(damages) + len(differing) + len(report.unfound)}
        record("audit.verified", actor=actor, subject="index", detail=detail)
    return report


def _unfound(index: LiveIndex) -> list[int]:
    usable = Print.objects.filter(technique=index.technique, quality__gte=QUALITY_GATE)
    ends = [usable.order_by(order).values_list("feed", "data")[:SAMPLE] for order in ("feed", "-feed")]
    asked = [(feed, bytes(data)) for end in ends for feed, data in end]
    queries = np.frombuffer(b"".join(data for _, data in asked), np.uint8).reshape(-1, HASH_BYTES)
    lims, feeds, distances = index.search(queries, RADIUS)
    return [
        feed
        for (feed, _), start, end in zip(asked, lims[:-1], lims[1:], strict=True)
        if feed not in feeds[start:end][distances[start:end] == 0]
    ]
