"""Work on prints: send contents through the wall."""

from collections.abc import Sequence

from fanal.casework.evidence.queries import waiting_contents
from fanal.casework.prints.actions import write
from fanal.casework.prints.examination import examine
from fanal.core.jobs.actions import defer_many, fence
from fanal.core.jobs.registry import Attempt, job
from fanal.kit import crash

CONTENTS_A_JOB = 16
"""So many share one transaction; a few seconds of work, so that progress is seen and little is done twice."""


@job("prints.examine", queue="examine", attempts=8, subject="contents")
def examine_contents(attempt: Attempt, contents: Sequence[int]) -> None:
    """Examine those contents that still wait, and write what was found in one transaction.

    When a worker died of a batch, its contents are tried one by one, so that one poisonous file takes no other with it.
    """
    if attempt.number > 0 and len(contents) > 1:
        with fence(attempt):
            defer_many("prints.examine", ({"contents": [content]} for content in contents))
        return
    crash.here("examine.begun")
    examined = examine(waiting_contents(contents))
    crash.here("examine.done")
    with fence(attempt):
        write(examined.found, examined.refused, examined.previews)
