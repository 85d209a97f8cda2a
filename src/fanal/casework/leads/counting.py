"""What is seen everywhere does not count: leads that rest on it alone are set aside, until it counts again."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import Q, QuerySet

from fanal.casework.leads.models import Lead, Uncounted
from fanal.engine.fingerprint.local.stored import TECHNIQUE as LOCAL
from fanal.engine.fingerprint.pdq import TECHNIQUE as PDQ
from fanal.engine.match.ubiquitous import covered, left_over
from fanal.kit.portions import some_at_once

AT_ONCE = 500
CONTENTS_AT_ONCE = 50
"""A content may have hundreds of leads, each with its points."""

# Leads are written together; what does not count is said alone. So neither misses what the other is about to commit.
TOGETHER = "SELECT pg_advisory_xact_lock_shared(hashtext('fanal.leads.counting'))"
ALONE = "SELECT pg_advisory_xact_lock(hashtext('fanal.leads.counting'))"


class Area(NamedTuple):
    """A part of a picture, in shares of its size, that does not count."""

    source: str
    outline: Sequence[Sequence[float]]


Areas = Mapping[int, Sequence[Area]]


def take_turn(*, alone: bool) -> None:
    """Wait, in the caller's transaction, until leads may be written, or what does not count may be said."""
    with connection.cursor() as cursor:
        cursor.execute(ALONE if alone else TOGETHER)


def areas_of(contents: Iterable[int]) -> Areas:
    """Return what does not count in these contents; those in which everything does are left out."""
    found: dict[int, list[Area]] = {}
    rows = Uncounted.objects.filter(content__in=list(contents)).order_by("content", "source")
    for content, source, outline in rows.values_list("content", "source", "outline"):
        found.setdefault(content, []).append(Area(str(source), outline))
    return found


def resting_on(findings: Sequence[Mapping[str, Any]], pair: tuple[int, int], areas: Areas) -> dict[str, object] | None:
    """Return on what seen everywhere a link of two contents rests alone; None where something else speaks for it."""
    left, right = areas.get(pair[0], ()), areas.get(pair[1], ())
    if not left and not right:
        return None
    if any(_counts(said, left, right) for said in findings):
        return None
    return {"sources": sorted({area.source for area in (*left, *right)})}


def _counts(said: Mapping[str, Any], left: Sequence[Area], right: Sequence[Area]) -> bool:
    here, there = [area.outline for area in left], [area.outline for area in right]
    detail = said["detail"]
    if said["technique"] == LOCAL and detail.get("points"):
        agreeing = int(detail.get("agreeing") or len(detail["points"]))
        return left_over(np.array(detail["points"]), agreeing, here, there) >= int(detail.get("needed") or 1)
    # A fingerprint of the whole says nothing where the whole is such a pattern.
    return said["technique"] != PDQ or not (covered(here) or covered(there))


def weigh(leads: QuerySet[Lead]) -> tuple[UUID, ...]:
    """Set aside those of the leads that rest on nothing that counts, bring back those that do; return the changed."""
    changed: list[Lead] = []
    known = list(leads.only("id", "left", "right", "findings", "aside"))
    areas = areas_of({content for lead in known for content in (lead.left_id, lead.right_id)})
    for lead in known:
        aside = resting_on(lead.findings, (lead.left_id, lead.right_id), areas)
        if aside != lead.aside:
            lead.aside = aside
            changed.append(lead)
    Lead.objects.bulk_update(changed, ["aside"], batch_size=AT_ONCE)
    return tuple(lead.pk for lead in changed)


def weigh_contents(contents: Collection[int]) -> tuple[UUID, ...]:
    """Weigh all leads of these contents anew; return those that changed."""
    changed: list[UUID] = []
    for some in some_at_once(sorted(contents), CONTENTS_AT_ONCE):
        changed += weigh(Lead.objects.select_for_update().filter(Q(left__in=some) | Q(right__in=some)).order_by("id"))
    return tuple(dict.fromkeys(changed))
