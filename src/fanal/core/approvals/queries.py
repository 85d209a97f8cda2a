"""Reads of proposals, each already filtered by who asks."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from fanal.core.access.models import Agency, User
from fanal.core.access.roles import may
from fanal.core.approvals.deeds import deed_named, deeds
from fanal.core.approvals.models import Proposal, State
from fanal.kit import clock
from fanal.kit.errors import NotFound


def proposals_of(agency: Agency) -> QuerySet[Proposal]:
    """Return what officers of an agency proposed, the newest first."""
    found = Proposal.objects.filter(agency=agency)
    return found.select_related("agency", "proposed_by", "settled_by").order_by("-proposed_at", "-id")


def waiting_for(user: User) -> QuerySet[Proposal]:
    """Return what waits for this person: they may agree to it, and did not propose it. The oldest first."""
    waits = open_to(user.agency, user.pk, kinds_for(user)).filter(lapses_at__gt=clock.now())
    return waits.order_by("lapses_at", "id")


def kinds_for(user: User) -> list[str]:
    """Return the deeds to which this person may agree."""
    return [deed.name for deed in deeds() if may(user, deed.to_agree)]


def open_to(agency: Agency, user: UUID, kinds: Sequence[str]) -> QuerySet[Proposal]:
    """Return open proposals of these deeds, but for a person's own; some may have lapsed."""
    return proposals_of(agency).filter(state=State.OPEN, kind__in=kinds).exclude(proposed_by=user)


def waiting_on(agency: Agency, kind: str, subject: str) -> Proposal | None:
    """Return the proposal of this kind that waits for a subject, if there is one."""
    waits = proposals_of(agency).filter(kind=kind, subject=subject, state=State.OPEN, lapses_at__gt=clock.now())
    return waits.first()


def proposal_of(agency: Agency, proposal: UUID) -> Proposal:
    """Return one proposal. Raises NotFound alike for what is not there and what is another agency's."""
    found = proposals_of(agency).filter(pk=proposal).first()
    if found is None:
        raise NotFound("There is no such proposal.")
    return found


def may_settle(proposal: Proposal, user: User) -> bool:
    """Tell whether a person may agree to a proposal that waits, or refuse it."""
    return (
        proposal.state == State.OPEN
        and proposal.agency_id == user.agency_id
        and proposal.proposed_by_id != user.pk
        and may(user, deed_named(proposal.kind).to_agree)
    )


def in_words(proposal: Proposal) -> str:
    """Return what is proposed as one sentence, in the reader's language."""
    return deed_named(proposal.kind).says(proposal)
