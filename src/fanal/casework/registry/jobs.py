"""Work of the registry: print a new clue, look for it in all contents, and for all clues in new contents."""

from collections.abc import Sequence

from fanal.casework.leads.boxes import prints_of_box
from fanal.casework.leads.findings import Box
from fanal.casework.registry.looking import clues_in, contents_with
from fanal.casework.registry.models import Clue, CluePrint
from fanal.casework.registry.sighting import sighted, stop_counting
from fanal.core.jobs.actions import defer, fence
from fanal.core.jobs.registry import Attempt, job
from fanal.engine.fingerprint.local.stored import TECHNIQUE
from fanal.engine.fingerprint.prints import Print
from fanal.engine.media.errors import MediaRefused
from fanal.kit import crash


@job("registry.learn", queue="match", priority=9, subject="clue")
def learn(attempt: Attempt, clue: str) -> None:
    """Make the print of a clue's box behind the wall. From its commit on, new contents are searched for it."""
    kept = Clue.objects.select_related("content").get(pk=clue)
    if kept.content.state == kept.content.State.STORED:
        # Whoever examines it tells of it, and this is done again.
        with fence(attempt):
            return
    made = _printed(kept)
    rows = [
        CluePrint(clue=kept, technique=one.technique, data=one.data, quality=one.quality)
        for one in made
        if one.technique == TECHNIQUE
    ]
    with fence(attempt):
        CluePrint.objects.bulk_create(rows, ignore_conflicts=True)
        if rows:
            defer("registry.search", clue=clue)
        else:
            Clue.objects.filter(pk=clue).update(state=Clue.State.FAILED)


def _printed(kept: Clue) -> tuple[Print, ...]:
    """Return the prints of a clue's box; none where its content turned out to be no picture that can be read."""
    if kept.content.family != "image":
        return ()
    try:
        return prints_of_box(kept.content_id, Box(kept.x, kept.y, kept.width, kept.height))
    except MediaRefused:
        return ()


@job("registry.search", queue="match", priority=9, subject="clue")
def search(attempt: Attempt, clue: str) -> None:
    """Look for a clue in everything that was ever submitted."""
    kept = Clue.objects.get(pk=clue)
    found = contents_with(kept)
    crash.here("registry.searched")
    with fence(attempt):
        current = Clue.objects.select_for_update(no_key=True).get(pk=clue)
        if current.withdrawn_at is None:
            changed = stop_counting(current) if current.kind == Clue.Kind.UBIQUITOUS else ()
            sighted(found, changed)
        Clue.objects.filter(pk=clue).update(state=Clue.State.READY)


@job("registry.look", queue="match", priority=6, subject="contents")
def look(attempt: Attempt, contents: Sequence[int]) -> None:
    """Look for all clues in contents: before leads are proposed, so that what is seen everywhere is known by then."""
    found = clues_in(contents)
    crash.here("registry.looked")
    with fence(attempt):
        sighted(found)
