"""Pages of alerts: what is new to an agency, with what it is about to look at, and taking notice of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from fanal.casework.alerts import actions
from fanal.casework.alerts.models import Alert
from fanal.casework.alerts.queries import alerts_of, pace_of
from fanal.casework.leads.queries import visible_leads
from fanal.casework.registry.queries import visible_sightings
from fanal.core.access.models import User
from fanal.core.access.queries import users
from fanal.doors.web.cards import Card, cards_of
from fanal.doors.web.officer import log_view, officer_page
from fanal.doors.web.registry_cards import SightingCard, sighting_cards

ALERTS_A_PAGE = 12
SHOWN_OF_EACH = 3
LIST_OF = {"lead": "web:leads", "sighting": "web:clues"}


@dataclass(frozen=True, slots=True)
class AlertCard:
    """One alert, with the first few things that it is about, as far as the reader may see them now."""

    alert: Alert
    leads: Sequence[Card]
    sightings: Sequence[SightingCard]

    @property
    def more(self) -> int:
        """How many further things it is about."""
        return max(0, self.alert.count - len(self.leads) - len(self.sightings))

    @property
    def onward(self) -> str:
        """Where all of it is listed."""
        about = self.alert.key if self.alert.kind == "judgement" else f"{self.alert.kind}:"
        return reverse(LIST_OF[about.partition(":")[0]])


@officer_page
def index(request: HttpRequest, officer: User) -> HttpResponse:
    """List alerts: those that wait, or all."""
    scope = request.GET.get("scope", "waiting")
    found = alerts_of(officer.agency)
    page = Paginator(found if scope == "all" else found.filter(acknowledged_at=None), ALERTS_A_PAGE).get_page(
        request.GET.get("page")
    )
    alerts = list(page.object_list)
    cards = _cards(officer, alerts)
    log_view(
        officer,
        "alerts.seen",
        alerts=[str(alert.pk) for alert in alerts],
        leads=[str(one.lead.pk) for card in cards for one in card.leads],
        sightings=[str(one.sighting.pk) for card in cards for one in card.sightings],
    )
    pace = pace_of(officer.agency)
    context = {
        "page": page,
        "cards": cards,
        "scope": scope,
        "told": _span(pace.told),
        "taken": _span(pace.acknowledged),
        "colleagues": [one for one in users(officer.agency) if one.is_active and one != officer],
    }
    return render(request, "web/alerts.html", context)


def _span(span: timedelta | None) -> str:
    """Return a length of time in the largest unit that leaves two of it, by the symbols that all languages share."""
    if span is None:
        return ""
    seconds = max(0.0, span.total_seconds())
    for unit, symbol in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f} {symbol}"
    return f"{seconds:.0f} s"


def _cards(officer: User, alerts: Sequence[Alert]) -> list[AlertCard]:
    about = {alert.pk: _about(alert) for alert in alerts}
    wanted = [subject for subjects in about.values() for subject in subjects]
    leads = visible_leads(officer.agency).filter(pk__in=_named(wanted, "lead")).select_related("left", "right")
    lead_cards = {f"lead:{card.lead.pk}": card for card in cards_of(officer, list(leads))}
    seen = list(visible_sightings(officer.agency).filter(pk__in=_named(wanted, "sighting")))
    seen_cards = {f"sighting:{card.sighting.pk}": card for card in sighting_cards(officer, seen)}
    return [
        AlertCard(
            alert,
            [lead_cards[one] for one in about[alert.pk] if one in lead_cards],
            [seen_cards[one] for one in about[alert.pk] if one in seen_cards],
        )
        for alert in alerts
    ]


def _about(alert: Alert) -> list[str]:
    return [alert.key] if alert.kind == "judgement" else alert.subjects[:SHOWN_OF_EACH]


def _named(subjects: Sequence[str], kind: str) -> list[str]:
    return [one.removeprefix(f"{kind}:") for one in subjects if one.startswith(f"{kind}:")]


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
