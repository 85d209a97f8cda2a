"""Pages of region searches: draw a box, and see where else what it shows is seen."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_POST

from fanal.casework.evidence.queries import sightings, visible_content
from fanal.casework.leads import actions
from fanal.casework.leads.models import RegionSearch
from fanal.casework.leads.queries import Hit, hits_of, searches_of, visible_search
from fanal.core.access.models import User
from fanal.doors.web.boxes import asked_box, stored_box
from fanal.doors.web.cards import Side
from fanal.doors.web.marks import Marks, box_marks, hit_marks
from fanal.doors.web.officer import log_view, officer_page
from fanal.doors.web.tiles import Tile, tiles_of
from fanal.engine.match.explain import reason_from

MOST_SEARCHES = 100


@dataclass(frozen=True, slots=True)
class HitCard:
    """One content in which the boxed part was found."""

    side: Side
    percent: int
    accepted: bool
    why: str


@require_POST
@officer_page
def search(request: HttpRequest, officer: User, content: int) -> HttpResponse:
    """Begin a search; the box is in shares of the picture as it is shown."""
    shown = visible_content(officer.agency, content)
    made = actions.search_region(shown.pk, stored_box(shown, asked_box(request.POST)), officer)
    return redirect("web:search", made.pk)


@officer_page
def show(request: HttpRequest, officer: User, search: UUID) -> HttpResponse:
    """Show what a search found; while it runs, the page asks again."""
    asked = visible_search(officer.agency, search)
    hits = hits_of(officer.agency, asked)
    shown = [str(hit.content.pk) for hit in hits]
    log_view(officer, "leads.search_seen", f"search:{asked.pk}", contents=[str(asked.content_id), *shown])
    tiles = tiles_of(officer, [asked.content, *(hit.content for hit in hits)])
    found = sightings(officer.agency, [asked.content_id, *(hit.content.pk for hit in hits)])
    context = {
        "search": asked,
        "waiting": asked.state == RegionSearch.State.WAITING,
        "failed": asked.state == RegionSearch.State.FAILED,
        "query": Side(tiles[asked.content_id], found.get(asked.content_id, []), (), box_marks(asked, asked.content)),
        "hits": [_card(hit, tiles[hit.content.pk], found.get(hit.content.pk, [])) for hit in hits],
    }
    return render(request, "web/parts/hits.html" if request.headers.get("HX-Request") else "web/search.html", context)


@officer_page
def index(request: HttpRequest, officer: User) -> HttpResponse:
    """List the agency's searches."""
    listed = list(searches_of(officer.agency).select_related("by")[:MOST_SEARCHES])
    log_view(officer, "leads.search_seen", searches=[str(one.pk) for one in listed])
    return render(request, "web/searches.html", {"searches": listed})


def _card(hit: Hit, tile: Tile, found: list) -> HitCard:  # type: ignore[type-arg]
    marks: Marks | None = hit_marks(hit)
    kept = hit.detail.get("reason")
    why = reason_from(kept).sentence(translation) if kept else hit.why
    return HitCard(Side(tile, found, (), marks), min(99, int(hit.confidence * 100)), hit.accepted, why)
