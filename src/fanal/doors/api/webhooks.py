"""Routes of webhooks, for an administrator's programs: to which addresses alerts are sent, and how that went."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from fanal.casework.dispatch import actions
from fanal.casework.dispatch.models import Delivery, Webhook
from fanal.casework.dispatch.queries import deliveries_of, webhook_of, webhooks_of
from fanal.core.access.asking import asking
from fanal.doors.api.caller import REACH, ApiRequest, log_view
from fanal.doors.api.once import Key, once
from fanal.doors.api.paging import Cursor, Limit, Page, cut

router = Router(tags=["webhooks"])
LONGEST_ADDRESS = 500
TOLD_ONCE = "The answer is shown this once and kept nowhere: sent twice, the request is done twice, or refused."


class WebhookTold(Schema):
    """An address. `off_at`: nothing is sent to it since then; `paused`: because somebody wished so."""

    id: UUID
    address: str
    made_at: datetime
    failing_since: datetime | None
    rests_until: datetime | None
    off_at: datetime | None
    paused: bool


class Webhooks(Schema):
    """The addresses to which the agency's alerts are sent."""

    items: list[WebhookTold]


class Registering(Schema):
    """An address to which alerts are to be sent."""

    address: Annotated[str, Field(min_length=1, max_length=LONGEST_ADDRESS)]


class WithSecret(Schema):
    """A webhook, and the secret with which all that is sent to it is signed."""

    webhook: UUID
    secret: str


class Changed(Schema):
    """The webhook that was changed, and how many messages are sent now."""

    webhook: UUID
    messages: int = 0


class Sent(Schema):
    """The message that is sent."""

    delivery: UUID


class TryTold(Schema):
    """How one try went."""

    at: datetime
    status: int | None
    trouble: str


class DeliveryTold(Schema):
    """One message; without a number it is a trial."""

    id: UUID
    number: int | None
    state: str
    made_at: datetime
    arrived_at: datetime | None
    tries: list[TryTold]


@router.get("/webhooks", response=Webhooks, auth=REACH)
def index(request: ApiRequest) -> Webhooks:
    """List the addresses to which the agency's alerts are sent, in the order in which they were registered."""
    log_view(request.auth, "dispatch.seen")
    with asking(request.auth.agency.pk):  # an administrator sees no material, and this is none
        return Webhooks(items=[_told(one) for one in webhooks_of(request.auth.agency)])


@router.post("/webhooks", response={201: WithSecret}, auth=REACH, description=TOLD_ONCE)
def register(request: ApiRequest, registering: Registering, idempotency_key: Key) -> HttpResponse:
    """Have the agency's alerts sent to an address from now on."""
    return _with_secret(*actions.register_webhook(registering.address.strip(), request.auth.user), 201)


@router.post("/webhooks/{uuid:webhook}/secret", response={200: WithSecret}, auth=REACH, description=TOLD_ONCE)
def renew_secret(request: ApiRequest, webhook: UUID, idempotency_key: Key) -> HttpResponse:
    """Sign all that is sent from now on with another secret."""
    return _with_secret(*actions.renew_secret(webhook, request.auth.user), 200)


@router.post("/webhooks/{uuid:webhook}/pause", response={200: Changed}, auth=REACH)
@once(200)
def pause(request: ApiRequest, webhook: UUID, idempotency_key: Key) -> Changed:
    """Send nothing to an address until it is switched on."""
    actions.pause(webhook, request.auth.user)
    return Changed(webhook=webhook)


@router.post("/webhooks/{uuid:webhook}/switch-on", response={200: Changed}, auth=REACH)
@once(200)
def switch_on(request: ApiRequest, webhook: UUID, idempotency_key: Key) -> Changed:
    """Send to an address again, also what was told meanwhile."""
    return Changed(webhook=webhook, messages=actions.switch_on(webhook, request.auth.user))


@router.delete("/webhooks/{uuid:webhook}", response={204: None}, auth=REACH)
def remove(request: ApiRequest, webhook: UUID) -> HttpResponse:
    """Send nothing to an address any more."""
    actions.remove_webhook(webhook, request.auth.user)
    return HttpResponse(status=204)


@router.post("/webhooks/{uuid:webhook}/try", response={200: Sent}, auth=REACH)
@once(200)
def try_out(request: ApiRequest, webhook: UUID, idempotency_key: Key) -> Sent:
    """Send an address a message of no alert."""
    return Sent(delivery=actions.try_out(webhook, request.auth.user).pk)


@router.get("/webhooks/{uuid:webhook}/deliveries", response=Page[DeliveryTold], auth=REACH)
def deliveries(request: ApiRequest, webhook: UUID, cursor: Cursor = None, limit: Limit = 50) -> Page[DeliveryTold]:
    """List what was sent to an address, the newest first, and how each try went."""
    with asking(request.auth.agency.pk):
        found, onward = cut(deliveries_of(webhook_of(request.auth.agency, webhook)), cursor, limit)
    log_view(request.auth, "dispatch.seen", f"webhook:{webhook}")
    return Page(items=[_sent(one) for one in found], next=onward)


@router.post("/deliveries/{uuid:delivery}/again", response={200: Sent}, auth=REACH)
@once(200)
def send_again(request: ApiRequest, delivery: UUID, idempotency_key: Key) -> Sent:
    """Send a message once more, as it was."""
    return Sent(delivery=actions.send_again(delivery, request.auth.user).pk)


def _with_secret(webhook: Webhook, secret: str, status: int) -> HttpResponse:
    body = WithSecret(webhook=webhook.pk, secret=secret).model_dump_json()
    answer = HttpResponse(body, status=status, content_type="application/json")
    answer["Cache-Control"] = "no-store"
    return answer


def _told(webhook: Webhook) -> WebhookTold:
    return WebhookTold(
        id=webhook.pk,
        address=webhook.address,
        made_at=webhook.made_at,
        failing_since=webhook.failing_since,
        rests_until=webhook.rests_until,
        off_at=webhook.off_at,
        paused=webhook.paused,
    )


def _sent(delivery: Delivery) -> DeliveryTold:
    return DeliveryTold(
        id=delivery.pk,
        number=delivery.number,
        state=delivery.state,
        made_at=delivery.made_at,
        arrived_at=delivery.arrived_at,
        tries=[TryTold(at=one.at, status=one.status, trouble=one.trouble) for one in delivery.tried.all()],
    )
