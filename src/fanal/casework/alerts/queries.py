"""Reads of alerts: each filtered by the agency that asks, or numbers alone, for the central desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Min, Q, QuerySet

from fanal.casework.alerts.models import Alert, Kind
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.models import Agency
from fanal.kit import clock
from fanal.kit.errors import NotFound

MEASURED = 1_000
"""The latest so many alerts are measured."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long it took, in the middle of the latest alerts: to tell of what came in, and to take notice of it."""

    told: timedelta | None
    acknowledged: timedelta | None


def alerts_of(agency: Agency) -> QuerySet[Alert]:
    """Return an agency's alerts, what was escalated and waits first, then the newest."""
    late = Q(escalated_at__isnull=False, acknowledged_at__isnull=True)
    found = Alert.objects.filter(agency=agency).annotate(late=late)
    return found.select_related("other", "handed_to", "acknowledged_by").order_by("-late", "-number")


def waiting_alerts(agency: Agency) -> QuerySet[Alert]:
    """Return the alerts that nobody of the agency has acknowledged."""
    return alerts_of(agency).filter(acknowledged_at__isnull=True)


def alerts_after(agency: Agency, number: int) -> QuerySet[Alert]:
    """Return what an agency was told after the alert with this number, in that order: to go on after a break."""
    return Alert.objects.filter(agency=agency, number__gt=number).select_related("other").order_by("number")


LATEST = """
    SELECT asked.agency, told.number
    FROM unnest(%s::uuid[]) AS asked (agency)
    CROSS JOIN LATERAL (SELECT max(number) AS number FROM alerts_alert WHERE agency_id = asked.agency) AS told
    WHERE told.number IS NOT NULL
"""


@asking_for_everybody()
def latest_numbers(agencies: Iterable[UUID]) -> dict[UUID, int]:
    """Return the number of the last alert of each of these agencies that has any: to learn whether there is news."""
    with connection.cursor() as cursor:
        cursor.execute(LATEST, [list(agencies)])
        return dict(cursor.fetchall())


def alert_of(agency: Agency, alert: UUID) -> Alert:
    """Return one alert. Raises NotFound alike for what is not there and what is another's."""
    found = alerts_of(agency).filter(pk=alert).first()
    if found is None:
        raise NotFound("There is no such alert.")
    return found


def version_of(alert: Alert) -> str:
    """Return a word that is another one whenever an alert grew, was handed over or acknowledged."""
    return f"{alert.number}-{alert.handed_to_id or ''}-{'done' if alert.acknowledged_at else 'waits'}"


def pace_of(agency: Agency) -> Pace:
    """Return how fast an agency is told, and how fast it takes notice."""
    latest = Alert.objects.filter(agency=agency).order_by("-number")
    told = latest.values_list(F("told_at") - F("caused_at"), flat=True)[:MEASURED]
    taken = latest.filter(acknowledged_at__isnull=False)
    noticed = taken.values_list(F("acknowledged_at") - F("told_at"), flat=True)[:MEASURED]
    return Pace(_middle(list(told)), _middle(list(noticed)))


def _middle(spans: list[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(span.total_seconds() for span in spans)) if spans else None


LATELY = timedelta(days=90)
OF_UPLOADS = (Kind.LEAD, Kind.SIGHTING)
"""Alerts that something raises which came in: from then on it is measured how soon they are told."""

PACES = """
    SELECT agency.country,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY told_at - caused_at) FILTER (WHERE kind = ANY (%(uploads)s)),
           max(told_at - caused_at) FILTER (WHERE kind = ANY (%(uploads)s)),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY acknowledged_at - told_at),
           max(acknowledged_at - told_at)
    FROM alerts_alert alert JOIN access_agency agency ON agency.id = alert.agency_id
    WHERE told_at > %(since)s
    GROUP BY agency.country ORDER BY agency.country
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Alerts that nobody of an agency has acknowledged: how many, how many of them are late, since when the first."""

    alerts: int
    late: int
    since: datetime


@dataclass(frozen=True, slots=True)
class CountryPace:
    """How long it took in a country lately, in the middle and at worst, from upload to alert and to acknowledgement."""

    country: str
    told: timedelta | None
    told_worst: timedelta | None
    acknowledged: timedelta | None
    acknowledged_worst: timedelta | None


@asking_for_everybody()
def waiting_by_agency() -> dict[UUID, Waiting]:
    """Return what waits in each agency, in numbers alone: for the central desk, which sees no alert of another's."""
    late = Count("pk", filter=Q(escalated_at__isnull=False))
    waits = Alert.objects.filter(acknowledged_at__isnull=True).order_by().values("agency")
    told = waits.annotate(alerts=Count("pk"), late=late, since=Min("told_at"))
    return {one["agency"]: Waiting(one["alerts"], one["late"], one["since"]) for one in told}


@asking_for_everybody()
def paces_by_country() -> list[CountryPace]:
    """Return how fast each country was told and took notice in the last 90 days: for the central desk."""
    with connection.cursor() as cursor:
        cursor.execute(PACES, {"uploads": list(OF_UPLOADS), "since": clock.now() - LATELY})
        return [CountryPace(*row) for row in cursor.fetchall()]
