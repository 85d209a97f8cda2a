"""Verbs on leads: propose, judge, take a judgement back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from fanal.casework.evidence.queries import visible_bytes, visible_content
from fanal.casework.leads.counting import take_turn, weigh, weigh_contents
from fanal.casework.leads.events import LeadJudged, LeadsErased, LeadsProposed
from fanal.casework.leads.findings import Box, Finding, Proposal
from fanal.casework.leads.judging import pronounce, take_back
from fanal.casework.leads.models import Judgement, Lead, RegionSearch, Uncounted
from fanal.casework.leads.queries import version_of, visible_lead
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.models import User
from fanal.core.access.queries import actor_of
from fanal.core.access.roles import Right, needs
from fanal.core.audit.actions import record
from fanal.core.jobs.actions import defer
from fanal.engine.match.fusion import precedence
from fanal.kit import clock, crash
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Changed, Invalid, NotFound
from fanal.kit.events import tell
from fanal.kit.portions import some_at_once

REMATCHED_AT_ONCE = 100


def propose(proposals: Iterable[Proposal]) -> int:
    """Write leads that are not known yet, in the caller's transaction; return how many.

    To a lead that is known, what further techniques say is added; its state stays, so a pair that was judged different
    does not come back.
    """
    offered: dict[tuple[int, int], tuple[Finding, ...]] = {}
    for one in proposals:
        pair = min(one.contents), max(one.contents)
        offered[pair] = _joined(offered.get(pair, ()), one.findings)
    rows = [_lead(*pair, offered[pair]) for pair in sorted(offered)]
    take_turn(alone=False)
    Lead.objects.bulk_create(rows, ignore_conflicts=True)
    crash.here("leads.written")
    fresh = tuple(Lead.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    grown = _add_findings(offered) if len(fresh) < len(rows) else ()
    # What is seen everywhere may have been marked while these were compared.
    weigh(Lead.objects.filter(pk__in=[*fresh, *grown]))
    if fresh:
        tell(LeadsProposed(leads=fresh))
        crash.here("leads.told")
    if fresh or grown:
        detail = {"leads": [str(lead) for lead in fresh], "grown": [str(lead) for lead in grown]}
        record("leads.proposed", actor=SYSTEM, detail=detail)
    return len(fresh)


def _joined(said: Sequence[Finding], more: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return both, each technique once, the surest first."""
    by_technique = {finding.technique: finding for finding in (*more, *said)}
    return tuple(sorted(by_technique.values(), key=lambda one: precedence(one.technique, one.confidence)))


def _lead(left: int, right: int, findings: Sequence[Finding]) -> Lead:
    row = Lead(left_id=left, right_id=right, created_at=clock.now())
    _write_findings(row, [finding.plain() for finding in findings])
    return row


def _write_findings(lead: Lead, findings: Sequence[Mapping[str, Any]]) -> None:
    lead.findings = [dict(finding) for finding in findings]
    surest = findings[0]
    lead.technique, lead.distance, lead.confidence = surest["technique"], surest["distance"], surest["confidence"]
    lead.why, lead.detail = surest["why"], surest["detail"]


def _add_findings(offered: Mapping[tuple[int, int], Sequence[Finding]]) -> tuple[UUID, ...]:
    """Add to known leads what techniques say that did not speak before; return those that gained."""
    lefts, rights = {left for left, _ in offered}, {right for _, right in offered}
    known = Lead.objects.select_for_update().filter(left__in=lefts, right__in=rights).order_by("left", "right")
    grown: list[Lead] = []
    for lead in known:
        spoken = {finding["technique"] for finding in lead.findings}
        said = offered.get((lead.left_id, lead.right_id), ())
        more = [found.plain() for found in said if found.technique not in spoken]
        if more:
            ranked = sorted(
                [*lead.findings, *more], key=lambda found: precedence(found["technique"], found["confidence"])
            )
            _write_findings(lead, ranked)
            grown.append(lead)
    Lead.objects.bulk_update(grown, ["findings", "technique", "distance", "confidence", "why", "detail"])
    return tuple(lead.pk for lead in grown)


@asking_for_everybody()
def uncount(source: UUID, outlines: Mapping[int, Sequence[Sequence[float]]]) -> tuple[UUID, ...]:
    """Say that what lies in these outlines is seen everywhere, in the caller's transaction: content id to corners.

    Leads that rest on it alone are set aside. Returns those that changed.
    """
    take_turn(alone=True)
    rows = [Uncounted(content_id=content, source=source, outline=outline) for content, outline in outlines.items()]
    Uncounted.objects.bulk_create(rows, ignore_conflicts=True)
    return weigh_contents(outlines.keys())


@asking_for_everybody()
def recount(source: UUID, content: int | None = None) -> tuple[UUID, ...]:
    """Let count again, in the caller's transaction, what a source said is seen everywhere: in one content, or in all.

    Leads that rested on it come back, and the contents are compared anew for those that were never proposed. Returns
    those that changed.
    """
    take_turn(alone=True)
    gone = Uncounted.objects.filter(source=source)
    gone = gone if content is None else gone.filter(content=content)
    contents = sorted(gone.values_list("content", flat=True))
    gone.delete()
    for some in some_at_once(contents, REMATCHED_AT_ONCE):
        defer("leads.match", contents=some)
    return weigh_contents(contents)


@needs(Right.SEE)
@transaction.atomic
def search_region(content: int, box: Box, by: User) -> RegionSearch:
    """Have the part of a picture within a box looked for in everything that was ever submitted.

    Raises NotFound for a content whose bytes the officer may not see, Invalid for a box that lies outside the picture
    or is too small to show anything.
    """
    shown = visible_content(by.agency, content)
    if not visible_bytes(by.agency).filter(content=shown.pk).exists() or shown.family != "image":
        raise NotFound("There is no such picture.")
    if not box.fits:
        raise Invalid("The box lies outside the picture, or is empty.", next_step="Draw it anew, around the thing.")
    made = RegionSearch.objects.create(
        content=shown, **box._asdict(), by=by, agency_id=by.agency_id, created_at=clock.now()
    )
    defer("leads.search_region", search=str(made.id))
    record("leads.region_searched", actor=actor_of(by), subject=f"content:{shown.pk}", detail={"search": str(made.id)})
    return made


@needs(Right.JUDGE)
@transaction.atomic
def judge(lead: UUID, verdict: str, by: User, note: str = "", *, as_seen: str | None = None) -> Judgement:
    """Say that the two sides of a lead are the same, different, or that one is unsure.

    A later judgement counts over an earlier one; all are kept. `as_seen` is the version that was looked at; None: any.
    Raises NotFound for a lead that the officer may not see, Invalid for another word, Changed when the lead is not
    as it was seen any more, AuditUnavailable when it cannot be logged.
    """
    held = _locked(lead, by)
    if as_seen is not None and as_seen != version_of(held):
        raise Changed("This lead has changed since you looked at it.")
    made = Judgement(lead=held, verdict=verdict, note=note, by=by)
    pronounce(held, held.judgements.all(), made)
    tell(LeadJudged(lead=held.id, state=held.state))
    detail = {"verdict": verdict, "judgement": str(made.id)}
    record("leads.judged", actor=actor_of(by), subject=f"lead:{held.id}", detail=detail)
    return made


@needs(Right.JUDGE)
@transaction.atomic
def withdraw(lead: UUID, by: User) -> Judgement:
    """Take back the last judgement of the officer's own agency; of those that are left, the last holds.

    Raises NotFound for a lead that the officer may not see, Conflict when there is nothing to take back.
    """
    held = _locked(lead, by)
    last = take_back(held, held.judgements.all(), by)
    tell(LeadJudged(lead=held.id, state=held.state))
    detail = {"judgement": str(last.id), "verdict": last.verdict}
    record("leads.judgement_withdrawn", actor=actor_of(by), subject=f"lead:{held.id}", detail=detail)
    return last


def _locked(lead: UUID, by: User) -> Lead:
    visible_lead(by.agency, lead)
    return Lead.objects.select_for_update().get(pk=lead)


# A search of another content keeps what it found elsewhere.
FORGET_HITS = """
UPDATE leads_regionsearch SET hits = (
    SELECT coalesce(jsonb_agg(hit ORDER BY place), '[]'::jsonb)
      FROM jsonb_array_elements(hits) WITH ORDINALITY AS each (hit, place)
     WHERE NOT (hit ->> 'content')::bigint = ANY (%(gone)s))
 WHERE EXISTS (SELECT FROM jsonb_array_elements(hits) AS hit WHERE (hit ->> 'content')::bigint = ANY (%(gone)s))
"""


def forget(contents: Sequence[int]) -> None:
    """Let go of leads, searches and hits of contents that were erased, in the caller's transaction; tell of the leads.

    What was judged stands in the log.
    """
    gone = list(contents)
    leads = Lead.objects.filter(Q(left__in=gone) | Q(right__in=gone))
    tell(LeadsErased(tuple(leads.order_by("pk").values_list("pk", flat=True))))
    Judgement.objects.filter(lead__in=leads).delete()
    leads.delete()
    Uncounted.objects.filter(content__in=gone).delete()
    RegionSearch.objects.filter(content__in=gone).delete()
    with connection.cursor() as cursor:
        cursor.execute(FORGET_HITS, {"gone": gone})
