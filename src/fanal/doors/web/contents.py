"""Pages of contents, and the only address that sends a picture."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fanal.casework.cases.queries import cases_about
from fanal.casework.entries.models import Entry
from fanal.casework.entries.queries import entries_with
from fanal.casework.evidence.models import Content
from fanal.casework.evidence.queries import sightings, visible_content
from fanal.casework.leads.models import Lead
from fanal.casework.leads.queries import counting, leads_of_content, set_aside
from fanal.casework.prints.cameras import devices_seen
from fanal.casework.prints.queries import preview_image, shows_too_little
from fanal.casework.registry.models import Clue, Sighting
from fanal.casework.registry.queries import clues_drawn_on, pointed_to, sightings_in
from fanal.casework.sharing.models import Claim
from fanal.casework.sharing.queries import claims_on
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency, User
from fanal.doors.web.cards import cards_of
from fanal.doors.web.counted import count_in, enough
from fanal.doors.web.entries import choices_of, options
from fanal.doors.web.facts import technical, told
from fanal.doors.web.likely import countries_of_content
from fanal.doors.web.officer import log_view, officer_page
from fanal.doors.web.origins import origin_lines
from fanal.doors.web.registry_cards import clue_cards, sighting_cards
from fanal.doors.web.texts import text_of
from fanal.doors.web.tiles import tiles_of

MOST_LEADS = 100
"""The surest so many are shown on the page of a content."""


@officer_page
def show(request: HttpRequest, officer: User, content: int) -> HttpResponse:
    """Show one content: what it is, where it was found, what it is linked to."""
    shown = visible_content(officer.agency, content)
    agency = officer.agency
    leads, seen = _leads(agency, shown.pk), _sightings(agency, shown.pk)
    drawn, claims = _drawn(agency, shown.pk), _claims(agency, shown.pk)
    log_view(
        officer,
        "evidence.seen",
        f"content:{shown.pk}",
        leads=[str(lead.pk) for lead in leads],
        clues=[*(str(one.clue_id) for one in seen), *(str(clue.pk) for clue in drawn)],
    )
    tile = tiles_of(officer, [shown])[shown.pk]
    found = sightings(officer.agency, [shown.pk]).get(shown.pk, [])
    entries = entries_with(officer.agency, shown.pk) if shown.state != Content.State.HASH_ONLY else []
    about: dict[str, list[Any]] = {
        "content": [shown.pk],
        "exhibit": [one.pk for one in found],
        "entry": [one.pk for one in entries],
    }
    cases = cases_about(officer.agency, **about)
    devices = devices_seen(officer.agency, shown.pk) if shown.facts else []
    context = {
        "content": shown,
        "tile": tile,
        "thumbnail": tile.of_thumbnail,
        "origin": origin_lines(shown, found, devices),
        "digests": [
            ("SHA-256", bytes(shown.sha256 or b"").hex()),
            ("SHA-1", bytes(shown.sha1 or b"").hex()),
            ("MD5", bytes(shown.md5 or b"").hex()),
        ],
        "too_plain": shown.state == Content.State.EXAMINED and shows_too_little(shown.pk),
        "text": text_of(officer, shown),
        "told": told(shown.facts),
        "technical": technical(shown.facts),
        "sightings": found,
        "cards": cards_of(officer, leads),
        "claims": [(one, [case for case in cases if one.agency_id in case.members]) for one in claims],
        "cases": cases,
        "ours_claimed": any(one.agency_id == officer.agency_id for one in claims),
        "aside": count_in(_aside(agency, shown.pk)),
        "clues": sighting_cards(officer, seen),
        "drawn": clue_cards(officer, drawn),
        "points_to": pointed_to(seen, drawn),
        **_registered(officer, shown, entries),
    }
    return render(request, "web/content.html", context)


@made_once
def _leads(agency: Agency, content: int) -> QuerySet[Lead]:
    linked = leads_of_content(agency, content).select_related("left", "right")
    return counting(linked).order_by("-confidence", "id")[:MOST_LEADS]


@made_once
def _aside(agency: Agency, content: int) -> QuerySet[Lead, UUID]:
    return enough(set_aside(leads_of_content(agency, content)))


@made_once
def _sightings(agency: Agency, content: int) -> QuerySet[Sighting]:
    return sightings_in(agency, content)[:MOST_LEADS]


@made_once
def _drawn(agency: Agency, content: int) -> QuerySet[Clue]:
    return clues_drawn_on(agency, content)


@made_once
def _claims(agency: Agency, content: int) -> QuerySet[Claim]:
    return claims_on(agency, content)


def _registered(officer: User, shown: Content, entries: list[Entry]) -> dict[str, object]:
    """Return where a content stands in the registry and to which countries it points; nothing for digests alone."""
    if shown.state == Content.State.HASH_ONLY:
        return {"bytes_seen": False}
    return {
        "bytes_seen": True,
        "likely": countries_of_content(officer, shown.pk),
        "entries": entries,
        "others": options(choices_of(officer, {entry.pk for entry in entries})),
    }


@require_GET
@officer_page
def preview(request: HttpRequest, officer: User, content: int, position: int) -> HttpResponse:
    """Send one preview. The view is in the log before the first byte leaves; browsers must not keep it."""
    del request
    image = preview_image(officer.agency, content, position)
    log_view(officer, "media.served", f"content:{content}", position=position)
    response = HttpResponse(image, content_type="image/jpeg")
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
