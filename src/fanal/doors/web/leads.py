"""Pages of leads: the queue, the compare view, and judgement by one key."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanal.casework.evidence.models import Exhibit
from fanal.casework.evidence.queries import sightings
from fanal.casework.leads import actions
from fanal.casework.leads.models import Lead, Verdict
from fanal.casework.leads.queries import history_of, leads_concerning, visible_lead, visible_leads
from fanal.core.access.models import User
from fanal.doors.web.officer import log_view, officer_page
from fanal.doors.web.tiles import Tile, tiles_of
from fanal.doors.web.turning import css_matrix, turn_between

LEADS_A_PAGE = 24


@dataclass(frozen=True, slots=True)
class Card:
    """One lead as lists and the compare view show it; each side with where it was found."""

    lead: Lead
    left: Tile
    right: Tile
    left_found: Sequence[Exhibit]
    right_found: Sequence[Exhibit]

    @property
    def percent(self) -> int:
        """Confidence in whole per cent, never rounded up to certainty."""
        return min(99, int(self.lead.confidence * 100)) if self.lead.confidence < 1 else 100

    @property
    def why(self) -> str:
        """The reason, in the reader's language."""
        return self.lead.why

    @property
    def turn(self) -> str:
        """What lays the right picture over the left one, as a matrix of CSS; empty when they lie alike."""
        between = turn_between(self.lead.detail.get("orientation", 0), self.lead.left.facts, self.lead.right.facts)
        swapped = self.left.content.pk != self.lead.left_id
        return css_matrix(between if swapped else between.T)


def cards_of(officer: User, leads: Sequence[Lead]) -> list[Card]:
    """Return what is shown of leads (with `left` and `right` loaded), in their order.

    The officer's own material is on the left where one side is theirs.
    """
    contents = {content.pk: content for lead in leads for content in (lead.left, lead.right)}
    tiles = tiles_of(list(contents.values()))
    found = sightings(officer.agency, contents)
    return [_card(officer, lead, tiles, found) for lead in leads]


def _card(officer: User, lead: Lead, tiles: dict[int, Tile], found: dict[int, list[Exhibit]]) -> Card:
    first, second = lead.left_id, lead.right_id
    if first == second:
        own = [exhibit for exhibit in found[first] if exhibit.submission.agency_id == officer.agency_id]
        mine = own or found[first][:1]
        others = [x for x in found[first] if x.submission.agency_id != mine[0].submission.agency_id]
        return Card(lead, tiles[first], tiles[first], mine, others)
    ours_second = any(exhibit.submission.agency_id == officer.agency_id for exhibit in found.get(second, []))
    ours_first = any(exhibit.submission.agency_id == officer.agency_id for exhibit in found.get(first, []))
    if ours_second and not ours_first:
        first, second = second, first
    return Card(lead, tiles[first], tiles[second], found.get(first, []), found.get(second, []))


@officer_page
def index(request: HttpRequest, officer: User) -> HttpResponse:
    """List leads: those that concern the officer's agency, or all that it may see."""
    state, scope = request.GET.get("state", Lead.State.OPEN), request.GET.get("scope", "ours")
    leads = _queue(officer, state, scope)
    page = Paginator(leads.select_related("left", "right"), LEADS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "cards": cards_of(officer, list(page.object_list)),
        "state": state,
        "scope": scope,
        "states": Lead.State.choices,
    }
    return render(request, "web/leads.html", context)


def _queue(officer: User, state: str, scope: str) -> QuerySet[Lead]:
    leads = visible_leads(officer.agency) if scope == "all" else leads_concerning(officer.agency)
    if state in Lead.State.values:
        leads = leads.filter(state=state)
    return leads.order_by("-confidence", "-created_at", "id")


@officer_page
def show(request: HttpRequest, officer: User, lead: UUID) -> HttpResponse:
    """Show the two sides of a lead, why it was proposed, and what was judged."""
    shown = visible_lead(officer.agency, lead)
    log_view(officer, "leads.seen", f"lead:{shown.id}")
    card, history = cards_of(officer, [shown])[0], history_of(shown)
    context = {
        "card": card,
        "history": history,
        "can_withdraw": any(made.withdrawn_at is None and made.by.agency_id == officer.agency_id for made in history),
        "verdicts": [(verdict, label, verdict[0]) for verdict, label in Verdict.choices],
        "next": _next(officer, shown),
        "waiting": _queue(officer, Lead.State.OPEN, "ours").count(),
    }
    return render(request, "web/lead.html", context)


def _next(officer: User, shown: Lead) -> Lead | None:
    return _queue(officer, Lead.State.OPEN, "ours").exclude(pk=shown.pk).first()


@require_POST
@officer_page
def judge(request: HttpRequest, officer: User, lead: UUID) -> HttpResponse:
    """Judge and go on to the next open lead; the one just judged can be called back."""
    made = actions.judge(lead, request.POST.get("verdict", ""), officer, request.POST.get("note", "")[:2000])
    messages.success(request, _("Judged: %(verdict)s.") % {"verdict": made.get_verdict_display()}, extra_tags=str(lead))
    following = _queue(officer, Lead.State.OPEN, "ours").first()
    return redirect("web:lead", following.pk) if following else redirect("web:leads")


@require_POST
@officer_page
def withdraw(request: HttpRequest, officer: User, lead: UUID) -> HttpResponse:
    """Take the last judgement back and show the lead again."""
    actions.withdraw(lead, officer)
    messages.info(request, _("The judgement was taken back."))
    return redirect("web:lead", lead)
