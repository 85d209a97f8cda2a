"""Series that accepted leads propose: worked out when they are asked for, from what the agency may see, each with why.

Only leads that people accepted join contents; a pair that somebody judged different never meets in one group. Nothing
is kept but what an agency declined. The same rows give the same groups, in whatever order they came.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from fanal.casework.entries.deeds import COUNTS
from fanal.casework.entries.models import Declined, Entry
from fanal.casework.entries.queries import visible_entries, visible_links
from fanal.casework.evidence.queries import own_exhibits
from fanal.casework.leads.models import Judgement, State
from fanal.casework.leads.queries import visible_leads
from fanal.core.access.database.among import Among
from fanal.core.access.models import Agency
from fanal.engine.estimate.grouping import groups_of

MOST_LEADS = 2_000
"""The surest so many accepted leads of an agency are grouped: what a crowd of copies adds beyond them is the same."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A lead that people accepted."""

    lead: UUID
    left: int
    right: int
    confidence: float
    technique: str
    why: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """Contents that may be a series, and the accepted leads that hold them together, the surest first."""

    contents: Sequence[int]
    leads: Sequence[Accepted]

    @property
    def techniques(self) -> list[tuple[str, int]]:
        """By which techniques they were found, and how many leads by each, the most first."""
        return sorted(Counter(one.technique for one in self.leads).items(), key=lambda pair: (-pair[1], pair[0]))

    @property
    def weakest(self) -> Accepted:
        """The least sure lead: what to look at first."""
        return self.leads[-1]


def proposed_series(agency: Agency) -> list[Proposed]:
    """Return what may be a series and is not one yet, the largest first: to an agency that it concerns.

    It concerns whose material is in it, and who accepted one of its leads. What the agency declined is proposed again
    only when more than half of it is new.
    """
    judged = visible_leads(agency)
    known = judged.filter(state=State.SAME).order_by("-confidence", "pk")
    rows = known.values_list("pk", "left", "right", "confidence", "technique", "why")[:MOST_LEADS]
    accepted = [Accepted(*row) for row in rows if row[1] != row[2]]
    joined = {content for one in accepted for content in (one.left, one.right)}
    apart = judged.filter(Among("left_id", joined), Among("right_id", joined), state=State.DIFFERENT)
    different = apart.values_list("left", "right")
    groups = groups_of([(one.left, one.right, one.confidence) for one in accepted], different)
    concerning = _concerning(agency, accepted)
    found = [group for group in _held_together(groups, accepted) if not concerning.isdisjoint(group.contents)]
    contents = {content for group in found for content in group.contents}
    series_with, declined = _series_with(agency, contents), _declined(agency, contents)
    return [
        group
        for group in found
        if not set.intersection(*(series_with.get(one, set()) for one in group.contents))
        and not any(len(one.intersection(group.contents)) * 2 >= len(group.contents) for one in declined)
    ]


def _held_together(groups: Sequence[list[int]], accepted: Sequence[Accepted]) -> list[Proposed]:
    place = {content: at for at, group in enumerate(groups) for content in group}
    holding: dict[int, list[Accepted]] = {}
    for one in accepted:
        if one.left in place and place[one.left] == place.get(one.right):
            holding.setdefault(place[one.left], []).append(one)
    return [Proposed(group, holding[at]) for at, group in enumerate(groups)]


def _concerning(agency: Agency, accepted: Sequence[Accepted]) -> set[int]:
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


def _series_with(agency: Agency, contents: Collection[int]) -> dict[int, set[UUID]]:
    """Return as which series contents count, by their roots, as far as the agency may see."""
    links = visible_links(agency).filter(Among("content_id", contents), state=State.SAME, entry__kind=Entry.Kind.SERIES)
    found: dict[int, set[UUID]] = {}
    for content, root in links.filter(entry__in=visible_entries(agency)).values_list("content", "entry__root"):
        found.setdefault(content, set()).add(root)
    return found


def _declined(agency: Agency, contents: Collection[int]) -> list[set[int]]:
    """Return what the agency declined and any of these contents are in."""
    said = (set(one.contents) for one in Declined.objects.filter(COUNTS, deed__agency=agency))
    return [declined for declined in said if not declined.isdisjoint(contents)]
