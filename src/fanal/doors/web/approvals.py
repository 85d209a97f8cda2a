"""Pages of what needs a second officer: what waits, what became of it, and agreeing, refusing, withdrawing."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from fanal.core.access.models import User
from fanal.core.approvals import actions
from fanal.core.approvals.models import Proposal, State
from fanal.core.approvals.queries import in_words, may_settle, proposals_of
from fanal.doors.web.counted import page_of
from fanal.doors.web.officer import log_view, officer_page
from fanal.kit import clock

PROPOSALS_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class ProposalCard:
    """A proposal, and what the reader may do about it."""

    proposal: Proposal
    sentence: str
    mine_to_settle: bool
    mine_to_withdraw: bool


@officer_page
def index(request: HttpRequest, officer: User) -> HttpResponse:
    """List what waits in the officer's agency, or all that was ever proposed there."""
    scope = request.GET.get("scope", "waiting")
    found = proposals_of(officer.agency)
    if scope != "all":
        found = found.filter(state=State.OPEN, lapses_at__gt=clock.now())
    page = page_of(found, PROPOSALS_A_PAGE, request.GET.get("page"))
    cards = [_card(proposal, officer) for proposal in page.object_list]
    log_view(officer, "approvals.seen", proposals=[str(card.proposal.pk) for card in cards])
    return render(request, "web/approvals.html", {"page": page, "cards": cards, "scope": scope})


def _card(proposal: Proposal, officer: User) -> ProposalCard:
    waits = proposal.state == State.OPEN and proposal.lapses_at > clock.now()
    own = waits and proposal.proposed_by_id == officer.pk
    return ProposalCard(proposal, in_words(proposal), waits and may_settle(proposal, officer), own)


@require_POST
@officer_page
def agree(request: HttpRequest, officer: User, proposal: UUID) -> HttpResponse:
    """Agree to what a colleague proposed, which is done then."""
    actions.agree(proposal, officer)
    messages.success(request, gettext("Agreed, and done."))
    return redirect("web:approvals")


@require_POST
@officer_page
def refuse(request: HttpRequest, officer: User, proposal: UUID) -> HttpResponse:
    """Say no to what a colleague proposed."""
    actions.refuse(proposal, officer, request.POST.get("answer", ""))
    messages.info(request, gettext("Refused. Nothing was done."))
    return redirect("web:approvals")


@require_POST
@officer_page
def withdraw(request: HttpRequest, officer: User, proposal: UUID) -> HttpResponse:
    """Take back what one proposed."""
    actions.withdraw(proposal, officer)
    messages.info(request, gettext("Withdrawn."))
    return redirect("web:approvals")
