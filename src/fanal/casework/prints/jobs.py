"""Work on prints: send contents through the wall."""

from collections.abc import Sequence

from fanal.casework.evidence.queries import waiting_contents
from fanal.casework.prints.actions import write, write_added
from fanal.casework.prints.catching_up import lacking, sorted_out
from fanal.casework.prints.examination import compute, examine
from fanal.casework.prints.forgetting import clear_snapshots
from fanal.core.jobs.actions import defer, defer_many, fence
from fanal.core.jobs.queries import shelved_arguments, waiting
from fanal.core.jobs.registry import Attempt, every, job
from fanal.engine.match.techniques import added, named
from fanal.kit import crash
from fanal.kit.portions import some_at_once

CONTENTS_A_JOB = 32
"""So many share one transaction; a few seconds of work, so that progress is seen and little is done twice."""
CONTENTS_CAUGHT_UP = 2_000
"""Of one technique at a time: more are put into the queue when these are done."""


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
        for technique in added():
            readable = [content for content, found in examined.found.items() if found.family in technique.reads]
            if readable:
                defer("prints.compute", technique=technique.name, contents=readable)


@job("prints.compute", queue="examine", priority=-1, attempts=4, subject="contents")
def compute_prints(attempt: Attempt, technique: str, contents: Sequence[int]) -> None:
    """Have an added technique make its prints of those contents of which it has none; one that is gone is silent.

    After a failure its contents are tried one by one, as when they are examined.
    """
    if attempt.number > 0 and len(contents) > 1:
        with fence(attempt):
            defer_many("prints.compute", ({"technique": technique, "contents": [content]} for content in contents))
        return
    asked = lacking(technique, among=contents)
    made = compute(technique, asked) if named(technique) is not None else {}
    crash.here("compute.done")
    with fence(attempt):
        write_added(technique, *sorted_out(made))


@every(3600, "prints.clear_snapshots")
def clear(_: Attempt) -> None:
    """Delete snapshots that are not used any more from this machine, too."""
    clear_snapshots()


@every(60, "prints.catch_up")
def catch_up(attempt: Attempt) -> None:
    """Have added techniques asked about what they have not been asked about: all that was there before they were.

    What failed for good waits on the shelf, and is not tried for ever.
    """
    parts: list[dict[str, object]] = []
    if not waiting("prints.compute"):
        shelved = shelved_arguments("prints.compute")
        for technique in added():
            failed = {content for one in shelved if one["technique"] == technique.name for content in one["contents"]}
            left = lacking(technique.name, most=CONTENTS_CAUGHT_UP, but_not=failed)
            some = some_at_once((content for content, _, _ in left), CONTENTS_A_JOB)
            parts += ({"technique": technique.name, "contents": contents} for contents in some)
    with fence(attempt):
        defer_many("prints.compute", parts)
