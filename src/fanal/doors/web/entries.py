"""Pages of registry entries: the list with what is proposed, one entry with its line of pictures, and a new one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from fanal.casework.cases.queries import cases_about
from fanal.casework.entries import actions
from fanal.casework.entries.models import Entry, Fact
from fanal.casework.entries.proposed import Proposed, proposed_series
from fanal.casework.entries.queries import Known, listed_entries, visible_entry
from fanal.casework.evidence.queries import seen_contents, visible_contents
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency, User
from fanal.doors.web.counted import Listing, listed_once, page_of
from fanal.doors.web.deeds import asked_contents, said
from fanal.doors.web.entry_cards import age_stated, entry_cards, line_of, state_in, undoable
from fanal.doors.web.likely import countries_of_entry
from fanal.doors.web.officer import log_view, officer_page
from fanal.doors.web.tiles import Tile, tiles_of
from fanal.kit.countries import COUNTRIES

ENTRIES_A_PAGE = 24
MOST_PROPOSED, PICTURES_OF_PROPOSED = 6, 8
MOST_CHOICES = 500
"""Entries that a list to choose from offers, the newest first."""
COUNTRY_OPTIONS = format_html_join(
    "", '<option value="{0}" data-country="{0}">{0}</option>', [(code,) for code in sorted(COUNTRIES)]
)
"""The same for everybody: drawn once, for a page has several lists of all countries."""


@officer_page
def index(request: HttpRequest, officer: User) -> HttpResponse:
    """List entries by kind, and the series that accepted leads propose."""
    kind = request.GET.get("kind", "")
    page = page_of(_listing(officer.agency, kind), ENTRIES_A_PAGE, request.GET.get("page"))
    listed = list(page.object_list)
    groups = proposed_series(officer.agency, MOST_PROPOSED) if kind in ("", Entry.Kind.SERIES) else []
    first = {content for group in groups for content in group.contents[:PICTURES_OF_PROPOSED]}
    contents = [str(content) for content in sorted(first)]
    leads = [str(group.weakest.lead) for group in groups]
    log_view(officer, "entries.seen", entries=[str(entry.pk) for entry in listed], contents=contents, leads=leads)
    tiles = tiles_of(officer, seen_contents(officer.agency, first))
    context = {
        "page": page,
        "cards": entry_cards(officer, listed),
        "kind": kind,
        "kinds": Entry.Kind.choices,
        "proposed": [_proposal(group, tiles) for group in groups],
    }
    return render(request, "web/entries.html", context)


def _listing(agency: Agency, kind: str) -> Listing | QuerySet[Entry]:
    if kind not in ("", *Entry.Kind.values):  # of which there is none
        return Entry.objects.none()
    return _of_kind(agency, kind)


@listed_once
def _of_kind(agency: Agency, kind: str) -> QuerySet[Entry]:
    return listed_entries(agency, kind)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A series that is proposed, as the list shows it."""

    group: Proposed
    tiles: Sequence[Tile]
    ids: str


def _proposal(group: Proposed, tiles: Mapping[int, Tile]) -> Proposal:
    shown = [tiles[one] for one in group.contents[:PICTURES_OF_PROPOSED] if one in tiles]
    return Proposal(group, shown, ",".join(map(str, group.contents)))


@officer_page
def new(request: HttpRequest, officer: User) -> HttpResponse:
    """Ask under which reference, and open an entry."""
    given = request.POST if request.method == "POST" else request.GET
    contents = asked_contents(given)
    kind = given.get("kind", Entry.Kind.SERIES)
    if request.method == "POST":
        made = actions.open_entry(kind, given.get("reference", ""), officer, contents)
        said(request, gettext("Opened."), made.deed_id)
        return redirect("web:entry", made.pk)
    shown = list(visible_contents(officer.agency).filter(pk__in=contents[:PICTURES_OF_PROPOSED]))
    log_view(officer, "entries.seen", contents=[str(content.pk) for content in shown])
    context = {
        "kind": kind,
        "kinds": Entry.Kind.choices,
        "contents": ",".join(map(str, contents)),
        "count": len(contents),
        "tiles": list(tiles_of(officer, shown).values()),
    }
    return render(request, "web/entry_new.html", context)


class Choice(NamedTuple):
    """An entry in a list to choose from."""

    pk: str
    kind: str
    label: str
    reference: str
    agency: str


@officer_page
def show(request: HttpRequest, officer: User, entry: UUID) -> HttpResponse:
    """Show one entry: its pictures on a line, likely countries with reasons, what is stated, and what was done."""
    shown = visible_entry(officer.agency, entry)
    known = Known(officer.agency, shown)
    years, contents = line_of(officer, shown, known)
    log_view(officer, "entries.seen", f"entry:{shown.pk}", contents=[str(content) for content in contents])
    facts, linked, members = known.facts[shown.pk], known.linked[shown.pk], known.members
    others = choices_of(officer, {member.pk for member in members} | {other.pk for other, _ in linked})
    context = {
        "entry": shown,
        "cases": cases_about(officer.agency, entry=[member.pk for member in members]),
        "merged": [member for member in members if member.pk != shown.pk],
        "years": years,
        "count": len(contents),
        "state": state_in(shown, facts),
        "stated": facts.get(Fact.About.STATE),
        "age": age_stated(facts),
        "country": facts[Fact.About.COUNTRY].value["country"] if Fact.About.COUNTRY in facts else "",
        "linked": linked,
        "likely": countries_of_entry(officer, shown, known),
        "history": undoable(officer, shown, known),
        "others": options(others),
        "alike": options([one for one in others if one.kind == shown.kind], alike=True),
        "country_options": COUNTRY_OPTIONS,
    }
    return render(request, "web/entry.html", context)


def options(choices: Sequence[Choice], *, alike: bool = False) -> SafeString:
    """Return a list to choose from, drawn: up to 500 lines, for which `format_html` takes twenty times as long.

    Of entries that are `alike` in kind the kind is not told. Each line is escaped once, as a whole.
    """
    lines = (
        (one.pk, (one.reference, one.agency) if alike else (one.reference, one.label, one.agency)) for one in choices
    )
    drawn = (f'<option value="{escape(pk)}">{escape(" · ".join(said))}</option>' for pk, said in lines)
    return mark_safe("".join(drawn))  # noqa: S308 - escaped above


def choices_of(officer: User, taken: Collection[UUID]) -> list[Choice]:
    """Return the entries to choose from, but for those that are taken: no more of each than the list says."""
    kinds = {kind: str(label) for kind, label in Entry.Kind.choices}
    return [
        Choice(str(pk), kind, kinds[kind], reference, code)
        for pk, kind, reference, code in _newest(officer.agency)
        if pk not in taken
    ]


@made_once
def _newest(agency: Agency) -> QuerySet[Entry, tuple[UUID, str, str, str]]:
    return listed_entries(agency).values_list("pk", "kind", "reference", "agency__code")[:MOST_CHOICES]
