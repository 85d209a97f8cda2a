"""Works out which series accepted leads propose to an agency, from what it may see.

Only leads that people accepted join contents; a pair that somebody judged different never meets in one group. The same
rows give the same groups, in whatever order they came. `proposed.py` keeps them for pages.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from fanal.casework.entries.models import Entry, Link, ProposedSeries
from fanal.casework.entries.queries import visible_entries, visible_links
from fanal.casework.evidence.queries import own_exhibits
from fanal.casework.leads.models import Judgement, Lead, State
from fanal.casework.leads.queries import visible_leads
from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency
from fanal.engine.estimate.grouping import groups_of

MOST_LEADS = 2_000
"""The surest so many accepted leads of an agency are grouped: what a crowd of copies adds beyond them is the same."""


class _Accepted(NamedTuple):
    lead: UUID
    left: int
    right: int
    confidence: float


def work_out(agency: Agency) -> list[ProposedSeries]:
    """Return what holds together and concerns an agency, the largest first, as rows that are not written.

    It concerns whose material is in it, and who accepted one of its leads.
    """
    known = visible_leads(agency).filter(state=State.SAME).order_by("-confidence", "pk")
    rows = known.values_list("pk", "left", "right", "confidence")[:MOST_LEADS]
    accepted = [_Accepted(*row) for row in rows if row[1] != row[2]]
    joined = {content for one in accepted for content in (one.left, one.right)}
    groups = groups_of([one[1:] for one in accepted], judged_apart(agency, joined))
    concerning = _concerning(agency, accepted)
    found = [
        (group, leads)
        for group, leads in zip(groups, _held_together(groups, accepted), strict=True)
        if not concerning.isdisjoint(group)
    ]
    series = series_with(agency, {content for group, _ in found for content in group})
    return [
        ProposedSeries(agency=agency, place=place, contents=group, leads=leads, settled=bool(in_common(series, group)))
        for place, (group, leads) in enumerate(found)
    ]


def judged_apart(agency: Agency, contents: Collection[int]) -> list[tuple[int, int]]:
    """Return the pairs of these contents that were judged different, as far as the agency may see."""
    return _apart(agency, list(contents)) if contents else []


@made_once
def _apart(agency: Agency, contents: list[int]) -> QuerySet[Lead, tuple[int, int]]:
    apart = visible_leads(agency).filter(Among("left_id", contents), Among("right_id", contents), state=State.DIFFERENT)
    return apart.values_list("left", "right")


def series_with(agency: Agency, contents: Collection[int]) -> dict[int, set[UUID]]:
    """Return as which series contents count, by their roots, as far as the agency may see."""
    found: dict[int, set[UUID]] = {}
    for content, root in _in_series(agency, list(contents)) if contents else ():
        found.setdefault(content, set()).add(root)
    return found


@made_once
def _in_series(agency: Agency, contents: list[int]) -> QuerySet[Link, tuple[int, UUID]]:
    links = visible_links(agency).filter(Among("content_id", contents), state=State.SAME, entry__kind=Entry.Kind.SERIES)
    return links.filter(entry__in=visible_entries(agency)).values_list("content", "entry__root")


def in_common(series: dict[int, set[UUID]], contents: Iterable[int]) -> set[UUID]:
    """Return the series that all these contents are in."""
    return set.intersection(*(series.get(one, set()) for one in contents))


def _held_together(groups: Sequence[list[int]], accepted: Sequence[_Accepted]) -> list[list[UUID]]:
    """Return for each group the leads that hold it together, the surest first."""
    place = {content: at for at, group in enumerate(groups) for content in group}
    holding: list[list[UUID]] = [[] for _ in groups]
    for one in accepted:
        if one.left in place and place[one.left] == place.get(one.right):
            holding[place[one.left]].append(one.lead)
    return holding


def _concerning(agency: Agency, accepted: Sequence[_Accepted]) -> set[int]:
    """Return the contents that are the agency's own, and those of leads that one of its people accepted."""
    contents = {content for one in accepted for content in (one.left, one.right)}
    own = set(own_exhibits(agency).filter(Among("content_id", contents)).values_list("content", flat=True))
    said = Judgement.objects.filter(
        Among("lead_id", [one.lead for one in accepted]),
        by__agency=agency,
        verdict=State.SAME,
        withdrawn_at__isnull=True,
    )
    leads = set(said.values_list("lead", flat=True))
    return own | {one.left for one in accepted if one.lead in leads}
