"""Pages of clues: keep what a box shows, list what is kept, and see where it is seen."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from fanal.casework.cases.queries import cases_about
from fanal.casework.evidence.queries import open_to_all, visible_content
from fanal.casework.registry import actions
from fanal.casework.registry.models import Clue, Sighting
from fanal.casework.registry.queries import filters_of, listed_clues, seen_counts, sightings_of, visible_clue
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency, User
from fanal.doors.web.boxes import NUMBERS, asked_box, stored_box
from fanal.doors.web.counted import Listing, listed_once, page_of
from fanal.doors.web.marks import box_marks
from fanal.doors.web.officer import log_view, officer_page
from fanal.doors.web.registry_cards import clue_cards, sighting_cards
from fanal.doors.web.tiles import tiles_of
from fanal.kit.countries import COUNTRIES

CLUES_A_PAGE = 24
MOST_SIGHTINGS = 200
"""The surest so many are shown of one clue."""


@officer_page
def new(request: HttpRequest, officer: User, content: int) -> HttpResponse:
    """Ask what a box shows, and keep it; the box is in shares of the picture as it is shown."""
    shown = visible_content(officer.agency, content)
    if request.method == "POST":
        return _keep(request, officer, shown.pk)
    kind = request.GET.get("kind", "")
    kind = kind if kind in Clue.Kind.values else Clue.Kind.CLUE
    for_all = officer.agency.connected and open_to_all(shown.pk)
    log_view(officer, "evidence.seen", f"content:{shown.pk}")
    drawn = stored_box(shown, asked_box(request.GET))
    context = {
        "content": shown,
        "tile": tiles_of(officer, [shown])[shown.pk],
        "marks": box_marks(drawn, shown) if drawn.fits and shown.width else None,
        "box": {name: request.GET.get(name, "") for name in NUMBERS},
        "kind": kind,
        "kinds": Clue.Kind.choices,
        "for_all": for_all,
        "possible": for_all or kind != Clue.Kind.REFERENCE,
        "countries": sorted(COUNTRIES),
        "known_tags": filters_of(officer.agency).tags,
    }
    return render(request, "web/clue_new.html", context)


def _keep(request: HttpRequest, officer: User, content: int) -> HttpResponse:
    given = request.POST
    words = actions.Words(
        given.get("title", ""),
        given.get("description", ""),
        given.get("tags", "").replace("،", ",").split(","),
        given.getlist("country"),
    )
    box = stored_box(visible_content(officer.agency, content), asked_box(given))
    shared = given.get("shared") == "all"
    made = actions.keep_clue(content, box, given.get("kind", ""), words, officer, shared=shared)
    messages.success(request, gettext("Kept. Everything is looked through for it now, and all that comes."))
    return redirect("web:clue", made.pk)


@officer_page
def index(request: HttpRequest, officer: User) -> HttpResponse:
    """List clues, by kind, country and tag."""
    asked = {name: request.GET.get(name, "") for name in ("kind", "country", "tag")}
    page = page_of(_listing(officer.agency, **asked), CLUES_A_PAGE, request.GET.get("page"))
    listed = list(page.object_list)
    log_view(officer, "registry.seen", clues=[str(clue.pk) for clue in listed])
    filters = filters_of(officer.agency)
    context = {
        "page": page,
        "cards": clue_cards(officer, listed, seen_counts(officer.agency, listed)),
        "asked": asked,
        "kinds": Clue.Kind.choices,
        "countries": filters.countries,
        "tags": filters.tags,
    }
    return render(request, "web/clues.html", context)


def _listing(agency: Agency, kind: str, country: str, tag: str) -> Listing | QuerySet[Clue]:
    """Return clues to list. Countries and tags are words of the reader's, of which no statements are kept."""
    if country or tag:
        return listed_clues(agency, kind, country, tag)
    return _of_kind(agency, kind if kind == "withdrawn" or kind in Clue.Kind.values else "")


@listed_once
def _of_kind(agency: Agency, kind: str) -> QuerySet[Clue]:
    return listed_clues(agency, kind)


@officer_page
def show(request: HttpRequest, officer: User, clue: UUID) -> HttpResponse:
    """Show one clue and where it is seen, the surest first; while it is looked for, the page asks again."""
    shown = visible_clue(officer.agency, clue)
    seen = _seen(officer.agency, shown.pk)
    contents = [str(one.content_id) for one in seen]
    card = clue_cards(officer, [shown])[0]
    pictured = [str(shown.content_id)] if card.tile else []
    log_view(officer, "registry.seen", f"clue:{shown.pk}", contents=[*pictured, *contents])
    context = {
        "clue": shown,
        "card": card,
        "marks": box_marks(shown, card.tile.content) if card.tile else None,
        "waiting": shown.state == Clue.State.WAITING and shown.withdrawn_at is None,
        "failed": shown.state == Clue.State.FAILED,
        "seen": sighting_cards(officer, seen),
        "cases": cases_about(officer.agency, clue=[shown.pk]),
        "ours": shown.agency_id == officer.agency_id,
        "first": next((one for one in seen if one.state == "open"), None),
    }
    return render(request, "web/parts/seen.html" if request.headers.get("HX-Request") else "web/clue.html", context)


@made_once
def _seen(agency: Agency, clue: UUID) -> QuerySet[Sighting]:
    return sightings_of(agency, clue)[:MOST_SIGHTINGS]


@require_POST
@officer_page
def withdraw(request: HttpRequest, officer: User, clue: UUID) -> HttpResponse:
    """Stop looking for a clue of one's agency."""
    actions.withdraw_clue(clue, officer)
    messages.info(request, gettext("Withdrawn. It is kept, and is no longer looked for."))
    return redirect("web:clue", clue)


@require_POST
@officer_page
def restore(request: HttpRequest, officer: User, clue: UUID) -> HttpResponse:
    """Look for it again."""
    actions.restore_clue(clue, officer)
    messages.success(request, gettext("Kept. Everything is looked through for it now, and all that comes."))
    return redirect("web:clue", clue)
