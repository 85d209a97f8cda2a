"""From an alert to a message for each address, and what comes of each try to deliver it."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import F

from fanal.casework.alerts.models import Alert
from fanal.casework.dispatch.calling import Outcome
from fanal.casework.dispatch.messages import message_of
from fanal.casework.dispatch.models import Delivery, Trouble, Try, Webhook
from fanal.core.audit.actions import record
from fanal.core.jobs.actions import defer_many
from fanal.kit import clock
from fanal.kit.actor import SYSTEM

PAUSES = (5.0, 60.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""Seconds before each further try: about three days, as Standard Webhooks advises."""
DEAD_AFTER = timedelta(days=5)
"""An address at which nothing has arrived for so long is switched off."""
TOO_MANY, SERVER_FAULT = 429, 500


def of_alerts(alerts: Sequence[UUID]) -> int:
    """Write messages of alerts for the addresses of their agencies, in the caller's transaction; return how many."""
    told = list(Alert.objects.filter(pk__in=alerts).select_related("agency", "other").order_by("number"))
    on = Webhook.objects.filter(removed_at__isnull=True, off_at__isnull=True)
    return deliver_alerts(told, on.filter(agency__in={alert.agency_id for alert in told}))


def deliver_alerts(alerts: Iterable[Alert], webhooks: Iterable[Webhook]) -> int:
    """Write a message for each alert and address of its agency; an alert that grew is told again, as it is then."""
    listening, now, made = list(webhooks), clock.now(), []
    for alert in alerts:
        for webhook in listening:
            if webhook.agency_id == alert.agency_id and webhook.after < alert.number:
                told = {"alert": alert, "body": message_of(alert), "made_at": now}
                delivery, fresh = Delivery.objects.get_or_create(webhook=webhook, number=alert.number, defaults=told)
                made += [delivery.pk] if fresh else []
    send_soon(made)
    return len(made)


def send_soon(deliveries: Sequence[UUID], wait: float = 0.0) -> None:
    """Have messages sent, in the caller's transaction, as if none had been tried."""
    Delivery.objects.filter(pk__in=deliveries).update(state=Delivery.State.WAITING, tries=0)
    defer_many("dispatch.call", [{"delivery": str(one)} for one in deliveries], wait=wait)


def ready(delivery: UUID) -> tuple[Delivery | None, float]:
    """Return a message that is to be sent now, or how many seconds its address rests; 0: it is not to be sent at all.

    In the caller's transaction. What waits for an address that was removed or switched off is given up.
    """
    found = Delivery.objects.select_related("webhook").filter(pk=delivery, state=Delivery.State.WAITING).first()
    if found is None:
        return None, 0.0
    webhook = found.webhook
    if webhook.off_at is not None or webhook.removed_at is not None:
        Delivery.objects.filter(pk=found.pk).update(state=Delivery.State.GIVEN_UP)
        return None, 0.0
    rest = (webhook.rests_until - clock.now()).total_seconds() if webhook.rests_until else 0.0
    return (None, max(1.0, rest)) if rest > 0 else (found, 0.0)


def note(delivery: UUID, outcome: Outcome) -> None:
    """Write down how a try went, and what follows, in the caller's transaction."""
    held = Delivery.objects.select_for_update(of=("self", "webhook")).select_related("webhook").get(pk=delivery)
    now = clock.now()
    Try.objects.create(delivery=held, at=now, status=outcome.status, trouble=outcome.trouble)
    Delivery.objects.filter(pk=held.pk).update(tries=F("tries") + 1)
    if outcome.arrived:
        Delivery.objects.filter(pk=held.pk).update(state=Delivery.State.ARRIVED, arrived_at=now)
        Webhook.objects.filter(pk=held.webhook_id).update(failing_since=None, rests_until=None)
    else:
        _missed(held, outcome)


def _missed(held: Delivery, outcome: Outcome) -> None:
    webhook, now = held.webhook, clock.now()
    webhook.failing_since = webhook.failing_since or now
    dead = outcome.trouble == Trouble.GONE or now - webhook.failing_since > DEAD_AFTER
    if dead:
        webhook.off_at = now
        record("dispatch.webhook_switched_off", actor=SYSTEM, subject=f"webhook:{webhook.pk}")
    pause = PAUSES[held.tries] if held.tries < len(PAUSES) and not dead else None
    if pause is None:
        Delivery.objects.filter(pk=held.pk).update(state=Delivery.State.GIVEN_UP)
    else:
        # One that refuses a message may take the next; one that does not answer is left in peace meanwhile.
        if outcome.status is None or outcome.status == TOO_MANY or outcome.status >= SERVER_FAULT:
            webhook.rests_until = now + timedelta(seconds=pause)
        defer_many("dispatch.call", [{"delivery": str(held.pk)}], wait=pause)
    webhook.save(update_fields=["failing_since", "rests_until", "off_at"])
