"""Work on leads: compare what is new with everything that was ever submitted."""

from collections.abc import Sequence

from fanal.casework.leads.actions import propose
from fanal.casework.leads.matching import equal, resembling
from fanal.core.jobs.actions import fence
from fanal.core.jobs.registry import Attempt, job
from fanal.kit import crash


@job("leads.match", queue="match", priority=5, subject="contents")
def match_contents(attempt: Attempt, contents: Sequence[int]) -> None:
    """Propose links of contents whose prints were just written to all others."""
    proposals = list(resembling(contents))
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
