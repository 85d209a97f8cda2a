"""What is news for an agency: from leads, sightings and judgements to what concerns it and what it may see."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from fanal.casework.alerts.models import Kind
from fanal.casework.evidence.queries import agencies_with, sightings, whose
from fanal.casework.leads.models import Lead, Opinion
from fanal.casework.leads.queries import counting, history_of, leads_concerning
from fanal.casework.registry.models import Clue, Sighting
from fanal.casework.registry.queries import KEPT_CLUES, visible_sightings
from fanal.casework.registry.queries import history_of as history_of_sighting
from fanal.casework.sharing.models import Claim
from fanal.casework.sharing.queries import visible_claims
from fanal.core.access.models import Agency
from fanal.kit import clock

SUREST = 0.5
"""Hints, such as a rare coding of JPEG files, are looked at in the list of leads; nobody is called for them."""


@dataclass(frozen=True, slots=True)
class News:
    """One thing that an agency is to be told. Things with an equal key are told together."""

    agency: UUID
    kind: Kind
    key: str
    subject: str
    other: UUID
    caused_at: datetime


def of_leads(leads: Sequence[UUID]) -> Iterator[News]:
    """Yield the news that new leads are: to each agency with material on a side that sees another's on the other."""
    pairs = Lead.objects.filter(pk__in=leads).values_list("left", "right")
    for agency in agencies_with({content for pair in pairs for content in pair}):
        concerning = counting(leads_concerning(agency)).filter(pk__in=leads, state=Lead.State.OPEN)
        found = list(concerning.filter(confidence__gte=SUREST).order_by("pk"))
        seen = sightings(agency, {content for lead in found for content in (lead.left_id, lead.right_id)})
        for lead in found:
            exhibits = [*seen.get(lead.left_id, ()), *seen.get(lead.right_id, ())]
            ours, theirs = whose(agency, exhibits)
            if ours and theirs:
                here, there = ours[0], theirs[0]
                yield News(
                    agency.pk,
                    Kind.LEAD,
                    f"{here.submission_id}:{there.submission_id}",
                    f"lead:{lead.pk}",
                    there.submission.agency_id,
                    max(here.received_at, there.received_at),
                )


def of_sightings(found: Sequence[UUID]) -> Iterator[News]:
    """Yield the news that clues were seen: to whose clue it is, and to whose material it is; one's own is no news."""
    rows = Sighting.objects.filter(pk__in=found, clue__kind__in=KEPT_CLUES)
    holders = {agency.pk: agency for agency in agencies_with(rows.values_list("content", flat=True))}
    keepers = Agency.objects.filter(pk__in=Clue.objects.filter(sightings__in=rows).values("agency"))
    for agency in {**holders, **{keeper.pk: keeper for keeper in keepers}}.values():
        visible = list(visible_sightings(agency).filter(pk__in=rows, state=Sighting.State.OPEN).order_by("pk"))
        seen = sightings(agency, {one.content_id for one in visible})
        for one in visible:
            keeper = one.clue.agency_id
            ours, theirs = whose(agency, seen.get(one.content_id, ()))
            if keeper == agency.pk and theirs:
                other, caused_at = theirs[0].submission.agency_id, max(one.clue.at, theirs[0].received_at)
            elif keeper != agency.pk and ours:
                other, caused_at = keeper, max(one.clue.at, ours[0].received_at)
            else:
                continue
            yield News(agency.pk, Kind.SIGHTING, str(one.clue_id), f"sighting:{one.pk}", other, caused_at)


def of_judged_lead(lead: UUID) -> Iterator[News]:
    """Yield the news that a lead was judged, or that a judgement was taken back: to the others whom it concerns."""
    judged = Lead.objects.get(pk=lead)
    history = history_of(judged)
    for agency in agencies_with((judged.left_id, judged.right_id)):
        if leads_concerning(agency).filter(pk=lead).exists():
            yield from _of_judgement(agency, f"lead:{lead}", history)


def of_judged_sighting(sighting: UUID) -> Iterator[News]:
    """Yield the news that a sighting was judged: to whose clue it is, and to whose material."""
    judged = Sighting.objects.select_related("clue").get(pk=sighting)
    history = history_of_sighting(judged)
    concerned = Q(pk=judged.clue.agency_id) | Q(pk__in=agencies_with([judged.content_id]).values("pk"))
    for agency in Agency.objects.filter(concerned):
        if visible_sightings(agency).filter(pk=sighting).exists():
            yield from _of_judgement(agency, f"sighting:{sighting}", history)


def _of_judgement(agency: Agency, key: str, history: Sequence[Opinion]) -> Iterator[News]:
    """Yield what was said last, or taken back last; whoever did it knows."""
    last = max(history, key=lambda one: one.withdrawn_at or one.at, default=None)
    if last is None or (by := (last.withdrawn_by or last.by).agency_id) == agency.pk:
        return
    subject = f"judgement:{last.pk}:{'back' if last.withdrawn_at else 'said'}"
    yield News(agency.pk, Kind.JUDGEMENT, key, subject, by, last.withdrawn_at or last.at)


def of_question(agency: UUID, asker: UUID, contents: Sequence[int]) -> Iterator[News]:
    """Yield the news that another agency learnt that this one holds what it may not see: once a content."""
    now = clock.now()
    for content in contents:
        yield News(agency, Kind.ASKED, f"asked:{asker}", f"asked:{asker}:{content}", asker, now)


def of_meeting(claim: UUID, others: Sequence[UUID]) -> Iterator[News]:
    """Yield the news that work meets: to each side that may see what the other one works on."""
    made = Claim.objects.select_related("agency").get(pk=claim)
    for other in Claim.objects.filter(pk__in=others).select_related("agency").order_by("pk"):
        for mine, theirs in ((made, other), (other, made)):
            if visible_claims(mine.agency).filter(pk=theirs.pk).exists():
                subject = f"meeting:{theirs.pk}"
                key = f"content:{mine.content_id}"
                yield News(mine.agency_id, Kind.MEETING, key, subject, theirs.agency_id, made.made_at)


def of_lapsed(claims: Sequence[UUID]) -> Iterator[News]:
    """Yield the news that claims ended by themselves: to whose they were."""
    for claim in Claim.objects.filter(pk__in=claims, ended_at__isnull=False, ended_by__isnull=True).order_by("pk"):
        subject, key, at = f"lapsed:{claim.pk}", f"content:{claim.content_id}", claim.lapses_at
        yield News(claim.agency_id, Kind.LAPSED, key, subject, claim.agency_id, at)


def told_together(news: Iterable[News]) -> dict[tuple[UUID, Kind, str], list[News]]:
    """Return news by whom it is for, its kind and what it has in common, in a steady order."""
    together: dict[tuple[UUID, Kind, str], list[News]] = {}
    for one in sorted(news, key=lambda one: (str(one.agency), one.kind, one.key, one.subject)):
        together.setdefault((one.agency, one.kind, one.key), []).append(one)
    return together
