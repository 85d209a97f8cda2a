"""Verbs on alerts: raise, acknowledge, hand over, escalate."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from fanal.casework.alerts.events import AlertsRaised
from fanal.casework.alerts.models import Alert, Kind, Told
from fanal.casework.alerts.news import News, told_together
from fanal.casework.alerts.queries import alert_of, version_of
from fanal.core.access.models import User
from fanal.core.access.queries import actor_of, users
from fanal.core.access.roles import Right, needs
from fanal.core.audit.actions import record
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Changed, Conflict, Invalid
from fanal.kit.events import tell

__all__ = ["News", "acknowledge", "escalate", "hand_over", "raise_alerts"]

MOST_SUBJECTS = 100
LONGEST_ANSWER = 2000
PATIENCE = timedelta(hours=24)
"""After this long without an acknowledgement an alert is shown to supervisors first."""
ONE_AT_A_TIME = 0x414C455254  # "ALERT"


def raise_alerts(news: Iterable[News]) -> int:
    """Tell agencies what they were not told yet, in the caller's transaction; return how many alerts are new or grew.

    News that has its kind and key in common with an alert that waits adds to it.
    """
    together = told_together(news)
    if not together:
        return 0
    with connection.cursor() as cursor:
        # Numbers are given in the order in which they become visible, so that nobody who reads on misses one.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    number = Alert.objects.aggregate(last=Max("number"))["last"] or 0
    raised = []
    for (agency, kind, key), each in together.items():
        fresh = _untold(agency, each)
        if fresh:
            number += 1
            raised.append(_grown(agency, kind, key, fresh, number))
    if raised:
        tell(AlertsRaised(alerts=tuple(raised)))
        record("alerts.raised", actor=SYSTEM, detail={"alerts": [str(alert) for alert in raised]})
    return len(raised)


def _untold(agency: UUID, news: Sequence[News]) -> list[News]:
    known = Told.objects.filter(agency=agency, subject__in=[one.subject for one in news])
    told = set(known.values_list("subject", flat=True))
    fresh: dict[str, News] = {}
    for one in news:  # of two claims that meet, each may bring the news of both
        if one.subject not in told:
            fresh.setdefault(one.subject, one)
    Told.objects.bulk_create([Told(agency_id=agency, subject=subject) for subject in fresh])
    return list(fresh.values())


def _grown(agency: UUID, kind: Kind, key: str, fresh: Sequence[News], number: int) -> UUID:
    """Add news to the alert that waits, or make one."""
    now, subjects = clock.now(), [one.subject for one in fresh]
    waiting = Alert.objects.filter(agency=agency, kind=kind, key=key, acknowledged_at__isnull=True)
    alert = waiting.select_for_update().first()
    if alert is None:
        alert = Alert(agency_id=agency, kind=kind, key=key, told_at=now, caused_at=min(one.caused_at for one in fresh))
    alert.number, alert.grown_at, alert.other_id = number, now, fresh[-1].other
    alert.subjects = [*alert.subjects, *subjects][:MOST_SUBJECTS]
    alert.count += len(subjects)
    alert.save()
    return alert.pk


@needs(Right.JUDGE)
@transaction.atomic
def acknowledge(alert: UUID, by: User, answer: str = "", *, as_seen: str | None = None) -> Alert:
    """Say that one's agency has taken notice, and perhaps what it does about it. `as_seen`: the version looked at.

    Raises NotFound for an alert of another agency, Conflict where that was done before, Invalid for a long answer,
    Changed where it is not as it was seen any more.
    """
    held = _open(alert, by, as_seen)
    if len(answer) > LONGEST_ANSWER:
        raise Invalid("An answer has at most %(most)s characters.", next_step="Shorten it.", most=LONGEST_ANSWER)
    held.acknowledged_by, held.acknowledged_at, held.answer = by, clock.now(), answer.replace("\0", "").strip()
    held.save(update_fields=["acknowledged_by", "acknowledged_at", "answer"])
    record("alerts.acknowledged", actor=actor_of(by), subject=f"alert:{held.pk}", detail={"number": held.number})
    return held


@needs(Right.JUDGE)
@transaction.atomic
def hand_over(alert: UUID, to: str, by: User, *, as_seen: str | None = None) -> Alert:
    """Give an alert to a colleague of one's agency, named as they sign in. `as_seen`: the version looked at.

    Raises NotFound for another agency's alert, Conflict where it is acknowledged, Invalid where nobody has the name,
    Changed where it is not as it was seen any more.
    """
    held = _open(alert, by, as_seen)
    colleague = next((one for one in users(by.agency) if one.username == to and one.is_active), None)
    if colleague is None:
        raise Invalid(
            "Nobody of your agency signs in as %(name)s.", next_step="Choose a colleague from the list.", name=to
        )
    held.handed_to = colleague
    held.save(update_fields=["handed_to"])
    record("alerts.handed_over", actor=actor_of(by), subject=f"alert:{held.pk}", detail={"to": str(colleague.pk)})
    return held


def _open(alert: UUID, by: User, as_seen: str | None) -> Alert:
    held = Alert.objects.select_for_update().get(pk=alert_of(by.agency, alert).pk)
    if as_seen is not None and as_seen != version_of(held):
        raise Changed("This alert has changed since you looked at it.")
    if held.acknowledged_at is not None:
        raise Conflict("This alert was acknowledged before.")
    return held


def escalate() -> int:
    """Mark what nobody acknowledged in time, in the caller's transaction; return how many there are anew."""
    now = clock.now()
    late = Alert.objects.filter(acknowledged_at__isnull=True, escalated_at__isnull=True, told_at__lt=now - PATIENCE)
    found = list(late.select_for_update(skip_locked=True).values_list("pk", flat=True))
    if found:
        Alert.objects.filter(pk__in=found).update(escalated_at=now)
        record("alerts.escalated", actor=SYSTEM, detail={"alerts": [str(alert) for alert in found]})
    return len(found)
