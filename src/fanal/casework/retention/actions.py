"""Verbs on retention: make and end rules, lay and lift holds, propose a deletion."""

from uuid import UUID

from django.db import transaction

from fanal.casework.evidence.delivered import SOURCES, delivered
from fanal.casework.evidence.erasure import as_id, exhibits_in_scope
from fanal.casework.evidence.holding import held_by
from fanal.casework.retention.deletion import DELETE, may_go
from fanal.casework.retention.models import Ground, Hold, Rule
from fanal.casework.retention.queries import hold_of, rule_of
from fanal.core.access.actions import hold_agency
from fanal.core.access.models import User
from fanal.core.access.queries import actor_of
from fanal.core.access.roles import Right, needs
from fanal.core.approvals.actions import propose
from fanal.core.approvals.models import Proposal
from fanal.core.audit.actions import record
from fanal.kit import clock
from fanal.kit.errors import Invalid

MOST_MONTHS = 1_200
LONGEST_BASIS, LONGEST_REFERENCE, LONGEST_REASON = 500, 200, 2000


@needs(Right.APPROVE)
@transaction.atomic
def make_rule(months: int, source: str, legal_basis: str, by: User) -> Rule:
    """Say how long one's agency keeps material of a source and legal basis; empty means any. It deletes nothing.

    Raises Invalid.
    """
    basis = _text(legal_basis, LONGEST_BASIS)
    if not 1 <= months <= MOST_MONTHS or source not in ("", *(value for value, _ in SOURCES)):
        raise Invalid("A rule keeps a known source, or any, for 1 to %(most)s months.", most=MOST_MONTHS)
    made = Rule.objects.create(
        agency=by.agency, source=source, legal_basis=basis, months=months, made_by=by, made_at=clock.now()
    )
    detail = {"source": source, "legal_basis": basis, "months": months}
    record("retention.rule_made", actor=actor_of(by), subject=f"rule:{made.pk}", detail=detail)
    return made


@needs(Right.APPROVE)
@transaction.atomic
def end_rule(rule: UUID, by: User) -> Rule:
    """End a rule of one's agency. Raises NotFound."""
    held = Rule.objects.select_for_update().get(pk=rule_of(by.agency, rule).pk)
    held.ended_by, held.ended_at = by, clock.now()
    held.save(update_fields=["ended_by", "ended_at"])
    record("retention.rule_ended", actor=actor_of(by), subject=f"rule:{held.pk}")
    return held


@needs(Right.SUBMIT)
@transaction.atomic
def lay_hold(subject: str, reference: str, reason: str, by: User) -> Hold:
    """Keep something of one's agency from being deleted: a submission, an exhibit or a content.

    Raises NotFound, and Invalid without the reference of who wants it.
    """
    told = _text(reference, LONGEST_REFERENCE)
    if not told:
        raise Invalid("A hold needs a reference.", next_step="Write the file number of the court or the authority.")
    hold_agency(by.agency)
    name, _ = _named(subject, by)
    exhibits_in_scope(by.agency, name)
    made = Hold.objects.create(
        agency=by.agency, subject=name, reference=told, reason=_text(reason, LONGEST_REASON), by=by, at=clock.now()
    )
    detail = {"subject": name, "reference": told, "reason": made.reason}
    record("retention.held", actor=actor_of(by), subject=f"hold:{made.pk}", detail=detail)
    return made


@needs(Right.APPROVE)
@transaction.atomic
def lift_hold(hold: UUID, by: User) -> Hold:
    """Lift a hold of one's agency. Raises NotFound."""
    held = Hold.objects.select_for_update().get(pk=hold_of(by.agency, hold).pk)
    held.lifted_by, held.lifted_at = by, clock.now()
    held.save(update_fields=["lifted_by", "lifted_at"])
    record("retention.lifted", actor=actor_of(by), subject=f"hold:{held.pk}", detail={"subject": held.subject})
    return held


@needs(Right.SUBMIT)
@transaction.atomic
def propose_deletion(subject: str, ground: str, reference: str, reason: str, by: User) -> Proposal:
    """Propose to delete something of one's agency, by rule or by order; it goes when a second officer agrees.

    `subject`: `submission:ID`, `exhibit:NUMBER`, `content:NUMBER` or a SHA-256. Raises NotFound; Invalid for an order
    without a reference, and a rule that speaks of anything but a submission; Conflict where it may not go now.
    """
    told = _text(reference, LONGEST_REFERENCE)
    if ground not in Ground.values or (ground != Ground.RULE and not told):
        raise Invalid("An order has a reference.", next_step="Write the file number of the order.")
    name, what = _named(subject, by)
    if ground == Ground.RULE and not name.startswith("submission:"):
        raise Invalid("Rules speak of whole submissions.", next_step="Name a submission, or an order.")
    files = len(may_go(by.agency, name, Ground(ground)))
    arguments = {"ground": ground, "reference": told, "files": files, "what": what}
    return propose(DELETE.name, name, by=by, reason=reason, arguments=arguments)


def _named(subject: str, by: User) -> tuple[str, str]:
    """Return one spelling of a subject, and what it is called. Raises NotFound."""
    kind, _, reference = subject.strip().partition(":")
    if kind == "submission":
        held = delivered(by.agency, as_id(reference))
        return f"submission:{held.pk}", held.name
    found = held_by(by.agency, subject.strip())
    if kind == "exhibit":
        return f"exhibit:{found.exhibits[0].pk}", f"exhibit:{found.exhibits[0].pk}"
    return f"content:{found.content.pk}", (bytes(found.content.sha256).hex() if found.content.sha256 else "content")


def _text(given: str, most: int) -> str:
    text = given.replace("\0", "").strip()
    if len(text) > most:
        raise Invalid("This has at most %(most)s characters.", next_step="Shorten it.", most=most)
    return text
