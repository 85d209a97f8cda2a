"""Series that accepted leads propose to an agency: kept as rows, and shown only as far as all of it holds now.

What was worked out a moment ago may not hold any more. So whoever reads the rows looks again at each: all of its leads
must still be seen and accepted, no two of its contents judged different, and it must be neither one series already nor
declined. What is not so is not shown until it was worked out anew.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from fanal.casework.entries.deeds import COUNTS
from fanal.casework.entries.models import Declined, Entry, Link, ProposedSeries
from fanal.casework.entries.proposing import MOST_LEADS, in_common, judged_apart, series_with, work_out
from fanal.casework.evidence.queries import agencies_with
from fanal.casework.leads.models import Judgement, Lead, State
from fanal.casework.leads.queries import joined_with, visible_leads
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency

__all__ = [
    "MOST_LEADS",
    "Accepted",
    "Proposed",
    "concerned_by_contents",
    "concerned_by_lead",
    "keep_proposed",
    "proposed_series",
    "settle_again",
]

# Of two jobs that work out the same, the later sees all that the earlier one saw.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('fanal.entries.proposed'), hashtext(%s))"


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


def proposed_series(agency: Agency, most: int, holding: Collection[int] = ()) -> list[Proposed]:
    """Return the first so many that may be a series and are not one yet, the largest first: with these contents.

    What the agency declined is proposed again only when more than half of it is new.
    """
    rows = _kept(agency).filter(contents__contains=sorted(holding)) if holding else None
    found: list[Proposed] = []
    for first in count(0, most):
        some = _some(agency, str(first), str(most)) if rows is None else list(rows[first : first + most])
        found += _standing(agency, some) if some else ()
        if len(some) < most or len(found) >= most:
            break
    return found[:most]


def _kept(agency: Agency) -> QuerySet[ProposedSeries, tuple[list[int], list[UUID]]]:
    kept = ProposedSeries.objects.filter(agency=agency, settled=False)
    return kept.order_by("place").values_list("contents", "leads")


@made_once
def _some(agency: Agency, first: str, most: str) -> QuerySet[ProposedSeries, tuple[list[int], list[UUID]]]:
    return _kept(agency)[int(first) : int(first) + int(most)]


def _standing(agency: Agency, rows: Sequence[tuple[list[int], list[UUID]]]) -> list[Proposed]:
    """Return those of the rows of which all holds now."""
    contents = {content for group, _ in rows for content in group}
    known = {row[0]: Accepted(*row) for row in _accepted(agency, [lead for _, leads in rows for lead in leads])}
    apart, series = judged_apart(agency, contents), series_with(agency, contents)
    declined = _declined(agency, contents)
    return [
        Proposed(group, [known[lead] for lead in leads])
        for group, leads in rows
        if known.keys() >= set(leads)
        and not any(left in group and right in group for left, right in apart)
        and not in_common(series, group)
        and not any(len(one.intersection(group)) * 2 >= len(group) for one in declined)
    ]


@made_once
def _accepted(agency: Agency, leads: list[UUID]) -> QuerySet[Lead, tuple[UUID, int, int, float, str, str]]:
    accepted = visible_leads(agency).filter(Among("pk", leads), state=State.SAME)
    return accepted.values_list("pk", "left", "right", "confidence", "technique", "why")


def _declined(agency: Agency, contents: Collection[int]) -> list[set[int]]:
    """Return what the agency declined and any of these contents are in."""
    said = (set(one.contents) for one in Declined.objects.filter(COUNTS, deed__agency=agency))
    return [declined for declined in said if not declined.isdisjoint(contents)]


@asking_for_everybody()
@transaction.atomic
def keep_proposed(agency: Agency) -> None:
    """Work out what is proposed to an agency, and keep it."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME, [str(agency.pk)])
    kept = ProposedSeries.objects.filter(agency=agency)
    said = ("place", "contents", "leads", "settled")
    fresh = work_out(agency)
    if [tuple(getattr(row, name) for name in said) for row in fresh] != list(kept.order_by("place").values_list(*said)):
        kept.delete()
        ProposedSeries.objects.bulk_create(fresh)


@asking_for_everybody()
def settle_again(entries: Collection[UUID]) -> None:
    """See which of the kept are one series now, after something was said of these entries."""
    roots = Entry.objects.filter(pk__in=entries).values("root")
    links = Link.objects.filter(entry__root__in=roots, entry__kind=Entry.Kind.SERIES, content__isnull=False)
    kept = ProposedSeries.objects.filter(contents__overlap=sorted(set(links.values_list("content", flat=True))))
    for row in kept.select_related("agency"):
        settled = bool(in_common(series_with(row.agency, row.contents), row.contents))
        if settled != row.settled:
            kept.filter(pk=row.pk).update(settled=settled)


@asking_for_everybody()
def concerned_by_lead(lead: UUID) -> list[Agency]:
    """Return the agencies to whom something else may be proposed now that a lead was judged."""
    judged = Lead.objects.filter(pk=lead).first()
    if judged is None:
        return []
    sides = {judged.left_id, judged.right_id}
    return concerned_by_contents(sides) if judged.state == State.SAME else _kept_for(sides)


@asking_for_everybody()
def concerned_by_contents(contents: Collection[int]) -> list[Agency]:
    """Return the agencies to whom these contents, with all that is judged the same, may be proposed, or were."""
    joined = joined_with(contents)
    said = Judgement.objects.filter(Among("lead__left_id", joined), verdict=State.SAME, withdrawn_at__isnull=True)
    judges = Agency.objects.filter(pk__in=said.values("by__agency"))
    return sorted({*agencies_with(joined), *judges, *_kept_for(contents)}, key=lambda agency: agency.code)


def _kept_for(contents: Collection[int]) -> list[Agency]:
    kept = ProposedSeries.objects.filter(contents__overlap=sorted(contents))
    return list(Agency.objects.filter(pk__in=kept.values("agency")).order_by("code"))
