"""Verbs on proposals: propose, agree, refuse, withdraw, lapse. Each is logged or does not happen."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from fanal.core.access.models import User
from fanal.core.access.queries import actor_of
from fanal.core.access.roles import require
from fanal.core.approvals.deeds import deed_named
from fanal.core.approvals.models import Proposal, State
from fanal.core.approvals.queries import proposal_of
from fanal.core.audit.actions import Entry, record, record_all
from fanal.kit import clock
from fanal.kit.actor import SYSTEM, Actor
from fanal.kit.errors import Conflict, Invalid, Refused

LASTS = timedelta(days=7)
LONGEST_REASON = 2000


@transaction.atomic
def propose(
    kind: str,
    subject: str,
    *,
    by: User,
    reason: str,
    arguments: Mapping[str, object] | None = None,
    lasts: timedelta = LASTS,
) -> Proposal:
    """Propose a deed of a registered kind; it is done when a second officer agrees.

    The noun has seen to it that the subject is the officer's to deal with, and that the deed makes sense. `arguments`
    are JSON values. Raises Refused, Invalid without a reason, Conflict where the same waits already.
    """
    deed = deed_named(kind)
    require(by, deed.to_propose)
    told = _text(reason)
    if not told:
        raise Invalid("A proposal needs a reason.", next_step="Say why, so that a second officer can decide.")
    _settle_lapsed(kind, subject, by)
    if Proposal.objects.filter(agency=by.agency, kind=kind, subject=subject, state=State.OPEN).exists():
        raise Conflict("This is proposed already and waits for a second officer.")
    now = clock.now()
    made = Proposal.objects.create(
        agency=by.agency,
        kind=kind,
        subject=subject,
        arguments=dict(arguments or {}),
        reason=told,
        proposed_by=by,
        proposed_at=now,
        lapses_at=now + lasts,
    )
    detail = {**_detail(made), "arguments": made.arguments, "lapses_at": made.lapses_at.isoformat()}
    _log("proposed", made, actor_of(by), {**detail, "reason": told})
    return made


@transaction.atomic
def agree(proposal: UUID, by: User) -> Proposal:
    """Agree to what a colleague proposed: it is done, in this transaction, exactly once.

    Raises NotFound for another agency's proposal, Conflict where it waits no longer, Refused for the proposer and for
    who is not entitled, and whatever the deed raises; then nothing has changed.
    """
    held = _settled(proposal, by, State.AGREED)
    deed_named(held.kind).does(held, by)
    _log("agreed", held, actor_of(by), _detail(held))
    return held


@transaction.atomic
def refuse(proposal: UUID, by: User, answer: str = "") -> Proposal:
    """Say no to what a colleague proposed, and why. Raises as `agree` does."""
    held = _settled(proposal, by, State.REFUSED, answer)
    _log("refused", held, actor_of(by), {**_detail(held), "answer": held.answer})
    return held


@transaction.atomic
def withdraw(proposal: UUID, by: User) -> Proposal:
    """Take back what one proposed oneself. Raises NotFound, Conflict, and Refused for everybody else."""
    held = _settled(proposal, by, State.WITHDRAWN)
    _log("withdrawn", held, actor_of(by), _detail(held))
    return held


def lapse() -> int:
    """End the proposals to which nobody agreed in time, in the caller's transaction; return how many."""
    late = Proposal.objects.filter(state=State.OPEN, lapses_at__lte=clock.now()).order_by("pk")
    return _end(list(late.select_for_update(skip_locked=True)))


def _settle_lapsed(kind: str, subject: str, by: User) -> None:
    """Let one that lapsed a moment ago not stand in the way of a new one."""
    same = Proposal.objects.filter(agency=by.agency, kind=kind, subject=subject, state=State.OPEN)
    _end(list(same.filter(lapses_at__lte=clock.now()).select_for_update()))


def _end(late: list[Proposal]) -> int:
    for held in late:
        held.state, held.settled_at = State.LAPSED, held.lapses_at
        held.save(update_fields=["state", "settled_at"])
    if late:
        record_all([Entry("approvals.lapsed", SYSTEM, f"proposal:{held.pk}", _detail(held)) for held in late])
    return len(late)


def _settled(proposal: UUID, by: User, state: State, answer: str = "") -> Proposal:
    """Settle a proposal that waits, by an officer who may. A second one who does so at the same moment comes too late.

    Raises NotFound, Conflict, Refused.
    """
    held = Proposal.objects.select_for_update().get(pk=proposal_of(by.agency, proposal).pk)
    now = clock.now()
    if held.state != State.OPEN or held.lapses_at <= now:
        raise Conflict("This proposal waits no longer.")
    own = held.proposed_by_id == by.pk
    if state == State.WITHDRAWN and not own:
        raise Refused("Only the officer who proposed this may withdraw it.")
    if state != State.WITHDRAWN and own:
        raise Refused("A second officer must agree: not the one who proposed it.")
    if state != State.WITHDRAWN:
        require(by, deed_named(held.kind).to_agree)
    held.state, held.settled_by, held.settled_at, held.answer = state, by, now, _text(answer)
    held.save(update_fields=["state", "settled_by", "settled_at", "answer"])
    return held


def _text(given: str) -> str:
    text = given.replace("\0", "").strip()
    if len(text) > LONGEST_REASON:
        raise Invalid("A reason has at most %(most)s characters.", next_step="Shorten it.", most=LONGEST_REASON)
    return text


def _detail(held: Proposal) -> dict[str, object]:
    return {"kind": held.kind, "subject": held.subject}


def _log(verb: str, held: Proposal, actor: Actor, detail: Mapping[str, object]) -> None:
    record(f"approvals.{verb}", actor=actor, subject=f"proposal:{held.pk}", detail=detail)
