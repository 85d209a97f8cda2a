"""Letting go of what was made of contents that were erased."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Min

from fanal.casework.prints.models import Computed, KeptIndex, Preview, Print
from fanal.casework.prints.queries import snapshots
from fanal.engine.fingerprint.pdq import TECHNIQUE


def forget(contents: Sequence[int]) -> None:
    """Let go of the prints and previews of contents that were erased, in the caller's transaction.

    The database notes each print that goes, so the next search in any process finds it no longer. Snapshots that may
    hold one are not used any more, and deleted.
    """
    made = Print.objects.filter(content__in=list(contents))
    first = made.aggregate(first=Min("feed"))["first"]
    if first is not None:
        KeptIndex.objects.filter(added__gte=first).delete()
        transaction.on_commit(clear_snapshots, robust=True)
    made.delete()
    Preview.objects.filter(content__in=list(contents)).delete()
    Computed.objects.filter(content__in=list(contents)).delete()


def clear_snapshots() -> None:
    """Delete from this machine what snapshots are not used any more, such as those that held what was erased."""
    from fanal.casework.prints.keeping import Keeper  # late: kernels take time to load

    Keeper(snapshots(), TECHNIQUE).clear()
