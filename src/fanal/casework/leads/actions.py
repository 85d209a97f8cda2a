"""Verbs on leads: propose, judge, take a judgement back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from fanal.casework.leads.events import LeadJudged, LeadsProposed
from fanal.casework.leads.models import Judgement, Lead, Verdict
from fanal.casework.leads.queries import visible_lead
from fanal.core.access.models import User
from fanal.core.access.queries import actor_of
from fanal.core.audit.actions import record
from fanal.kit import clock, crash
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Conflict, Invalid
from fanal.kit.events import tell

LONGEST_NOTE = 2000
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A link that a technique sees between two contents. Order does not matter."""

    contents: tuple[int, int]
    technique: str
    distance: int | None
    confidence: float
    why: str
    detail: Mapping[str, object] = field(default_factory=dict)


def propose(proposals: Iterable[Proposal]) -> int:
    """Write leads that are not known yet, in the caller's transaction; return how many. What is known stays."""
    rows = [
        Lead(
            left_id=min(proposal.contents),
            right_id=max(proposal.contents),
            technique=proposal.technique,
            distance=proposal.distance,
            confidence=proposal.confidence,
            why=proposal.why,
            detail=dict(proposal.detail),
            created_at=clock.now(),
        )
        for proposal in sorted(proposals, key=lambda proposal: (min(proposal.contents), max(proposal.contents)))
    ]
    Lead.objects.bulk_create(rows, ignore_conflicts=True)
    crash.here("leads.written")
    fresh = tuple(Lead.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    if fresh:
        tell(LeadsProposed(leads=fresh))
        crash.here("leads.told")
        record("leads.proposed", actor=SYSTEM, detail={"leads": [str(lead) for lead in fresh]})
    return len(fresh)


@transaction.atomic
def judge(lead: UUID, verdict: str, by: User, note: str = "") -> Judgement:
    """Say that the two sides of a lead are the same, different, or that one is unsure.

    A later judgement counts over an earlier one; all are kept. Raises NotFound for a lead that the officer may not
    see, Invalid for another word, AuditUnavailable when it cannot be logged.
    """
    if verdict not in Verdict.values:
        raise Invalid(f"{verdict!r} is no judgement.", next_step=f"Use one of: {', '.join(Verdict.values)}.")
    held = _locked(lead, by)
    made = Judgement.objects.create(lead=held, verdict=verdict, note=_kept(note), by=by, at=_after_all_others(held))
    _settle(held)
    detail = {"verdict": verdict, "judgement": str(made.id)}
    record("leads.judged", actor=actor_of(by), subject=f"lead:{held.id}", detail=detail)
    return made


@transaction.atomic
def withdraw(lead: UUID, by: User) -> Judgement:
    """Take back the last judgement of the officer's own agency; of those that are left, the last holds.

    Raises NotFound for a lead that the officer may not see, Conflict when there is nothing to take back.
    """
    held = _locked(lead, by)
    last = held.judgements.filter(withdrawn_at__isnull=True, by__agency=by.agency_id).first()
    if last is None:
        raise Conflict("There is no judgement of your agency to take back.")
    last.withdrawn_at, last.withdrawn_by = clock.now(), by
    last.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _settle(held)
    detail = {"judgement": str(last.id), "verdict": last.verdict}
    record("leads.judgement_withdrawn", actor=actor_of(by), subject=f"lead:{held.id}", detail=detail)
    return last


def _kept(note: str) -> str:
    """Return a note as its column can keep it. Raises Invalid when it is too long."""
    if len(note) > LONGEST_NOTE:
        raise Invalid(f"A note has at most {LONGEST_NOTE} characters.", next_step="Shorten it.")
    return note.replace("\0", "")


def _after_all_others(lead: Lead) -> datetime:
    """Return now, but later than every judgement of the lead, whatever the clocks of other machines said then."""
    last = lead.judgements.aggregate(at=Max("at"))["at"]
    return max(clock.now(), last + INSTANT) if last else clock.now()


def _locked(lead: UUID, by: User) -> Lead:
    visible_lead(by.agency, lead)
    return Lead.objects.select_for_update().get(pk=lead)


def _settle(lead: Lead) -> None:
    last = lead.judgements.filter(withdrawn_at__isnull=True).first()
    lead.state = last.verdict if last else Lead.State.OPEN
    lead.save(update_fields=["state"])
    tell(LeadJudged(lead=lead.id, state=lead.state))
