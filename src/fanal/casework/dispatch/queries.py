"""Reads of what is sent outside, each already filtered by the agency that asks."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from fanal.casework.dispatch.models import Delivery, Digest, Try, Webhook
from fanal.core.access.models import Agency, User
from fanal.kit.errors import NotFound


def webhooks_of(agency: Agency) -> QuerySet[Webhook]:
    """Return the addresses of an agency that were not removed, in the order in which they were registered."""
    return Webhook.objects.filter(agency=agency, removed_at__isnull=True)


def webhook_of(agency: Agency, webhook: UUID) -> Webhook:
    """Return one address. Raises NotFound alike for what is not there and what is another's."""
    found = webhooks_of(agency).filter(pk=webhook).first()
    if found is None:
        raise NotFound("There is no such webhook.")
    return found


def deliveries_of(webhook: Webhook) -> QuerySet[Delivery]:
    """Return what was sent to an address, the newest first, each with its tries."""
    return webhook.deliveries.prefetch_related(Prefetch("tried", Try.objects.order_by("-at", "-id")))


def delivery_of(agency: Agency, delivery: UUID) -> Delivery:
    """Return one message. Raises NotFound alike for what is not there and what is another's."""
    kept = Delivery.objects.filter(webhook__agency=agency, webhook__removed_at__isnull=True)
    found = kept.select_related("webhook").filter(pk=delivery).first()
    if found is None:
        raise NotFound("There is no such delivery.")
    return found


def digest_of(user: User) -> Digest | None:
    """Return how often a person reads what is new in a mail; None: not at all."""
    return Digest.objects.filter(user=user).first()
