"""Writes where clues were seen; where what is seen everywhere was seen, it does not count."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from fanal.casework.leads.actions import uncount
from fanal.casework.leads.findings import Finding
from fanal.casework.leads.queries import linked_with
from fanal.casework.registry.events import CluesSighted
from fanal.casework.registry.looking import Seen
from fanal.casework.registry.models import Clue, Sighting
from fanal.core.audit.actions import record
from fanal.core.jobs.actions import defer
from fanal.kit import clock, crash
from fanal.kit.actor import SYSTEM
from fanal.kit.events import tell
from fanal.kit.portions import some_at_once

Outline = list[list[float]]
LOOKED_AT_ONCE = 50


def sighted(seen: Iterable[Seen], changed: Sequence[UUID] = ()) -> int:
    """Write sightings that are not known yet, in the caller's transaction; return how many.

    `changed` are leads that the caller has set aside before, to be logged with those that are set aside here.

    A known one keeps its state, so what was judged different does not come back. What was withdrawn meanwhile is left.
    """
    found = {(clue, content): said for clue, content, said in seen}
    # Held until the commit: whoever withdraws a clue waits, and then sees what was written here.
    held = Clue.objects.select_for_update(of=("self",), no_key=True).filter(pk__in={clue for clue, _ in found})
    clues = {clue.pk: clue for clue in held.order_by("pk") if clue.withdrawn_at is None}
    rows = [_row(clue, content, said) for (clue, content), said in sorted(found.items()) if clue in clues]
    Sighting.objects.bulk_create(rows, ignore_conflicts=True)
    crash.here("registry.written")
    fresh = list(Sighting.objects.filter(pk__in=[row.pk for row in rows]))
    everywhere = [one for one in fresh if clues[one.clue_id].kind == Clue.Kind.UBIQUITOUS]
    leads = dict.fromkeys([*changed, *_uncounted(everywhere)])
    if everywhere:
        _follow(everywhere)
    if fresh:
        tell(CluesSighted(sightings=tuple(one.pk for one in fresh)))
    if fresh or leads:
        detail = {"sightings": [str(one.pk) for one in fresh], "leads": [str(lead) for lead in leads]}
        record("registry.sighted", actor=SYSTEM, detail=detail)
    return len(fresh)


def _row(clue: UUID, content: int, said: Finding) -> Sighting:
    return Sighting(
        clue_id=clue,
        content_id=content,
        technique=said.technique,
        confidence=said.confidence,
        why=said.why,
        detail=dict(said.detail),
        created_at=clock.now(),
    )


def _uncounted(everywhere: Iterable[Sighting]) -> list[UUID]:
    by_clue: dict[UUID, dict[int, Outline]] = {}
    for one in everywhere:
        by_clue.setdefault(one.clue_id, {})[one.content_id] = one.detail.get("there", [])
    return [lead for clue, outlines in sorted(by_clue.items()) for lead in uncount(clue, outlines)]


def _follow(everywhere: Iterable[Sighting]) -> None:
    """Have what is linked with these contents looked into as well: it may show the same, and rest on it alone."""
    linked = sorted(linked_with(one.content_id for one in everywhere))
    for some in some_at_once(linked, LOOKED_AT_ONCE):
        defer("registry.look", contents=some)


def box_outline(clue: Clue) -> Outline:
    """Return the corners of a clue's box, in shares of its picture."""
    left, top, right, bottom = clue.x, clue.y, clue.x + clue.width, clue.y + clue.height
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def stop_counting(clue: Clue) -> list[UUID]:
    """Say again that a pattern does not count, where it was drawn and where it is seen and was not judged different."""
    seen = clue.sightings.exclude(state=Sighting.State.DIFFERENT)
    outlines: dict[int, Outline] = {one.content_id: one.detail.get("there", []) for one in seen}
    outlines[clue.content_id] = box_outline(clue)
    return list(uncount(clue.pk, outlines))
