"""Pages of alerts: what is new to an agency, with what it is about to look at, and taking notice of it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from fanal.casework.alerts import actions
from fanal.casework.alerts.models import Alert, Kind
from fanal.casework.alerts.queries import alerts_of, pace_of
from fanal.casework.cases.models import Case
from fanal.casework.cases.queries import cases_about, visible_cases
from fanal.casework.entries.models import Entry
from fanal.casework.entries.queries import these_entries
from fanal.casework.evidence.queries import as_known_to, seen_contents
from fanal.casework.leads.queries import these_leads
from fanal.casework.notices.models import Notice
from fanal.casework.notices.queries import these_notices
from fanal.casework.registry.queries import these_sightings
from fanal.core.access.models import Agency, User
from fanal.core.access.queries import users
from fanal.doors.web.cards import Card, cards_of
from fanal.doors.web.counted import page_of
from fanal.doors.web.officer import log_view, officer_page
from fanal.doors.web.registry_cards import SightingCard, sighting_cards
from fanal.doors.web.spans import span_in_words
from fanal.doors.web.tiles import Tile, tiles_of

Row = TypeVar("Row")

ALERTS_A_PAGE = 12
SHOWN_OF_EACH = 3
LIST_OF = {"lead": "web:leads", "sighting": "web:clues"}
BY_KEY = {Kind.JUDGEMENT, Kind.MEETING, Kind.LAPSED}
"""What is about one thing, which the key names."""
NUMBER, UUID_WRITTEN = re.compile("[0-9]{1,18}"), re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""How references are written: those of contents, no longer than the database counts, and all others."""


@dataclass(frozen=True, slots=True)
class AlertCard:
    """One alert, with the first few things that it is about, as far as the reader may see them now."""

    alert: Alert
    leads: Sequence[Card]
    sightings: Sequence[SightingCard]
    tiles: Sequence[Tile]
    """Of contents that are asked about or worked on."""
    cases: Sequence[Case] = ()
    """The case that it is about, or in which those whose work meets take part both."""
    entry: Entry | None = None
    notice: Notice | None = None

    @property
    def more(self) -> int:
        """How many further things it is about."""
        return max(0, self.alert.count - len(self.leads) - len(self.sightings) - len(self.tiles))

    @property
    def asked_for(self) -> bool:
        """True where it stands first because the central desk asks for an answer, and not because a day has passed."""
        late = self.alert.escalated_at
        return late is not None and late < self.alert.told_at + actions.PATIENCE

    @property
    def onward(self) -> str:
        """Where all of it is listed."""
        return reverse(LIST_OF[self.alert.kind]) if self.alert.kind in LIST_OF else ""


@officer_page
def index(request: HttpRequest, officer: User) -> HttpResponse:
    """List alerts: those that wait, or all."""
    scope = request.GET.get("scope", "waiting")
    found = alerts_of(officer.agency)
    listed = found if scope == "all" else found.filter(acknowledged_at=None)
    page = page_of(listed, ALERTS_A_PAGE, request.GET.get("page"))
    alerts = list(page.object_list)
    cards = _cards(officer, alerts)
    log_view(
        officer,
        "alerts.seen",
        alerts=[str(alert.pk) for alert in alerts],
        leads=[str(one.lead.pk) for card in cards for one in card.leads],
        sightings=[str(one.sighting.pk) for card in cards for one in card.sightings],
        contents=[str(one.content.pk) for card in cards for one in card.tiles],
    )
    pace = pace_of(officer.agency)
    context = {
        "page": page,
        "cards": cards,
        "scope": scope,
        "told": span_in_words(pace.told),
        "taken": span_in_words(pace.acknowledged),
        "colleagues": [one for one in users(officer.agency) if one.is_active and one != officer],
    }
    return render(request, "web/alerts.html", context)


def _asked(
    question: Callable[[Agency, list[UUID]], list[Row]], officer: User, subjects: Sequence[str], kind: str
) -> list[Row]:
    """Return what is of a kind among subjects, as far as the officer may see it."""
    named = [UUID(one) for one in _named(subjects, kind)]
    return question(officer.agency, named) if named else []


def _cards(officer: User, alerts: Sequence[Alert]) -> list[AlertCard]:
    about = {alert.pk: _about(alert) for alert in alerts}
    wanted = [subject for subjects in about.values() for subject in subjects]
    leads = _asked(these_leads, officer, wanted, "lead")
    lead_cards = {f"lead:{card.lead.pk}": card for card in cards_of(officer, leads)}
    seen = _asked(these_sightings, officer, wanted, "sighting")
    seen_cards = {f"sighting:{card.sighting.pk}": card for card in sighting_cards(officer, seen)}
    contents = seen_contents(officer.agency, [int(one) for one in _named(wanted, "content")])
    tiles = tiles_of(officer, as_known_to(officer.agency, contents))
    content_tiles = {f"content:{content}": tile for content, tile in tiles.items()}
    keys = [alert.key for alert in alerts]
    entries = {f"entry:{one.pk}": one for one in _asked(these_entries, officer, keys, "entry")}
    notices = {f"notice:{one.pk}": one for one in _asked(these_notices, officer, keys, "notice")}
    return [
        AlertCard(
            alert,
            [lead_cards[one] for one in about[alert.pk] if one in lead_cards],
            [seen_cards[one] for one in about[alert.pk] if one in seen_cards],
            [content_tiles[one] for one in about[alert.pk] if one in content_tiles],
            _cases(officer, alert),
            entries.get(alert.key),
            notices.get(alert.key),
        )
        for alert in alerts
    ]


def _cases(officer: User, alert: Alert) -> list[Case]:
    if alert.key.startswith("case:"):
        return list(visible_cases(officer.agency).filter(pk__in=_named([alert.key], "case")))
    if alert.kind == Kind.MEETING:
        found = cases_about(officer.agency, content=map(int, _named([alert.key], "content")))
        return [case for case in found if alert.other_id in case.members]
    return []


def _about(alert: Alert) -> list[str]:
    if alert.kind in BY_KEY:
        return [alert.key]
    if alert.key.startswith(("entry:", "case:")):
        return []
    if alert.kind in {Kind.ASKED, Kind.COUNTRY, Kind.PROPOSED}:
        return [f"content:{one.rpartition(':')[2]}" for one in alert.subjects[:SHOWN_OF_EACH]]
    return list(alert.subjects[:SHOWN_OF_EACH])


def _named(subjects: Sequence[str], kind: str) -> list[str]:
    """Return the references of what is of a kind. One that is none of that kind is left out: its alert has no link."""
    references = [one.removeprefix(f"{kind}:") for one in subjects if one.startswith(f"{kind}:")]
    written = NUMBER if kind == "content" else UUID_WRITTEN
    return [one for one in references if written.fullmatch(one)]


@require_POST
@officer_page
def acknowledge(request: HttpRequest, officer: User, alert: UUID) -> HttpResponse:
    """Take notice of an alert."""
    actions.acknowledge(alert, officer, request.POST.get("answer", ""))
    messages.success(request, gettext("Acknowledged."))
    return redirect("web:alerts")


@require_POST
@officer_page
def hand_over(request: HttpRequest, officer: User, alert: UUID) -> HttpResponse:
    """Give an alert to a colleague."""
    held = actions.hand_over(alert, request.POST.get("to", ""), officer)
    name = held.handed_to.display_name if held.handed_to else ""
    messages.success(request, gettext("Handed over to %(name)s.") % {"name": name})
    return redirect("web:alerts")
