"""Who sees a submission, changed: to fewer at once, to more when a second officer agrees."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from fanal.casework.evidence.events import VisibilityNarrowed, VisibilityWidened
from fanal.casework.evidence.models import Submission, Visibility
from fanal.casework.evidence.queries import own_submission
from fanal.core.access.models import Agency, User
from fanal.core.access.queries import actor_of
from fanal.core.access.roles import Right, needs
from fanal.core.approvals.actions import propose
from fanal.core.approvals.deeds import Deed
from fanal.core.approvals.models import Proposal
from fanal.core.audit.actions import record
from fanal.kit.errors import Conflict, Invalid
from fanal.kit.events import tell


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a submission is shown to, besides its own agency. `named` is empty unless that is who."""

    visibility: Visibility
    named: frozenset[UUID] = frozenset()

    def includes(self, other: "Audience") -> bool:
        """Tell whether everyone in the other audience is in this one."""
        if self.visibility == Visibility.ALL_CONNECTED or other.visibility == Visibility.OWN:
            return True
        return other.visibility == Visibility.NAMED and other.named <= self.named

    def plain(self) -> dict[str, object]:
        """Return it as a proposal keeps it."""
        return {"visibility": str(self.visibility), "named": sorted(str(agency) for agency in self.named)}


def audience_of(submission: Submission) -> Audience:
    """Return whom a submission is shown to now."""
    return Audience(Visibility(submission.visibility), frozenset(submission.named))


@needs(Right.SUBMIT)
@transaction.atomic
def change_visibility(
    submission: UUID, visibility: Visibility, named: Sequence[Agency], reason: str, by: User
) -> Proposal | None:
    """Show an agency's own submission to others: to fewer at once; to more, or to others, it is proposed.

    Returns the proposal that waits for a second officer; None: it is done. Raises NotFound, Conflict where it is so
    already or is proposed, Invalid where it is not clear for whom it is or why.
    """
    held = Submission.objects.select_for_update(of=["self"]).get(pk=own_submission(by.agency, submission).pk)
    before, wanted = audience_of(held), _wanted(visibility, named, by.agency)
    if wanted == before:
        raise Conflict("This submission is shown to exactly these already.")
    if before.includes(wanted):
        _show(held, wanted, "evidence.visibility_narrowed", by)
        tell(VisibilityNarrowed(held.pk))
        return None
    arguments = {"from": before.plain(), "to": wanted.plain()}
    return propose(WIDEN.name, f"submission:{held.pk}", by=by, reason=reason, arguments=arguments)


def _wanted(visibility: Visibility, named: Sequence[Agency], own: Agency) -> Audience:
    others = frozenset(agency.pk for agency in named if agency.pk != own.pk)
    if (visibility == Visibility.NAMED) != bool(others):
        raise Invalid(
            "A submission names other agencies if, and only if, it is visible to named agencies.",
            next_step="Name at least one other agency, or choose another visibility.",
        )
    return Audience(visibility, others)


def _widen(proposal: Proposal, by: User) -> None:
    """Show a submission to whom it was proposed for, if it is shown to those still to whom it was then."""
    submission = UUID(proposal.subject.removeprefix("submission:"))
    held = Submission.objects.select_for_update(of=["self"]).get(pk=own_submission(by.agency, submission).pk)
    if audience_of(held).plain() != proposal.arguments["from"]:
        raise Conflict("Who sees this submission was changed meanwhile: refuse this, and propose it anew.")
    _show(held, _audience(proposal), "evidence.visibility_widened", by)
    tell(VisibilityWidened(held.pk))


def _show(held: Submission, audience: Audience, verb: str, by: User) -> None:
    held.visibility, held.named = audience.visibility, sorted(audience.named)
    held.save(update_fields=["visibility", "named"])
    detail = {"visibility": str(audience.visibility), "named": _codes(audience)}
    record(verb, actor=actor_of(by), subject=f"submission:{held.pk}", detail=detail)


def _says(proposal: Proposal) -> str:
    submission = Submission.objects.filter(pk=proposal.subject.removeprefix("submission:")).first()
    wanted = _audience(proposal)
    whom = ", ".join(_codes(wanted)) or wanted.visibility.label
    name = (submission.case_reference or submission.label) if submission else proposal.subject
    return gettext("Show the submission %(name)s to: %(whom)s.") % {"name": name, "whom": whom}


def _audience(proposal: Proposal) -> Audience:
    told = proposal.arguments["to"]
    return Audience(Visibility(told["visibility"]), frozenset(UUID(agency) for agency in told["named"]))


def _codes(audience: Audience) -> list[str]:
    return list(Agency.objects.filter(pk__in=audience.named).order_by("code").values_list("code", flat=True))


WIDEN = Deed("evidence.widen", _says, _widen)
