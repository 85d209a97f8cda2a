"""Work on leads: compare what is new with everything that was ever submitted."""

from collections.abc import Sequence

from fanal.casework.leads.actions import propose
from fanal.casework.leads.matching import equal, of_part, resembling
from fanal.casework.leads.models import RegionSearch
from fanal.core.jobs.actions import fence
from fanal.core.jobs.registry import Attempt, job
from fanal.engine.media.errors import MediaRefused
from fanal.kit import clock, crash


@job("leads.match", queue="match", priority=5, subject="contents")
def match_contents(attempt: Attempt, contents: Sequence[int], technique: str = "") -> None:
    """Propose links of contents whose prints were just written to all others.

    An added technique is compared in a job of its own, so that its faults cost its own links and stand on the shelf.
    """
    proposals = list(resembling(contents, technique))
    crash.here("match.done")
    with fence(attempt):
        propose(proposals)


@job("leads.match_equal", queue="match", priority=5, subject="contents")
def match_equal(attempt: Attempt, contents: Sequence[int]) -> None:
    """Propose links between agencies that submitted the very same bytes."""
    proposals = list(equal(contents))
    crash.here("match_equal.done")
    with fence(attempt):
        propose(proposals)


@job("leads.search_region", queue="match", priority=9, attempts=3, subject="search")
def search_region(attempt: Attempt, search: str) -> None:
    """Look for what an officer has boxed, and keep what was found."""
    asked = RegionSearch.objects.get(pk=search)
    try:
        hits, state = of_part(asked.content_id, (asked.x, asked.y, asked.width, asked.height)), RegionSearch.State.DONE
    except MediaRefused:
        hits, state = [], RegionSearch.State.FAILED
    with fence(attempt):
        RegionSearch.objects.filter(pk=search).update(hits=hits, state=state, finished_at=clock.now())
