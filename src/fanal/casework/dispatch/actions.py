"""Verbs on what is sent outside: register an address, remove it, switch it on, try it, send again; choose a digest."""

from datetime import timedelta
from hmac import compare_digest
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Max

from fanal.casework.alerts.models import Alert
from fanal.casework.alerts.queries import alerts_after
from fanal.casework.dispatch import messages, signing
from fanal.casework.dispatch.calling import target_of
from fanal.casework.dispatch.delivering import deliver_alerts, send_soon
from fanal.casework.dispatch.models import Delivery, Digest, Webhook
from fanal.casework.dispatch.queries import delivery_of, webhook_of, webhooks_of
from fanal.core.access.asking import asking
from fanal.core.access.models import Agency, User
from fanal.core.access.queries import actor_of
from fanal.core.access.roles import Right, needs
from fanal.core.audit.actions import record
from fanal.core.jobs.actions import defer_many
from fanal.kit import clock, settings
from fanal.kit.errors import Conflict, Invalid, NotFound, Refused
from fanal.kit.settings import Reach

MOST_WEBHOOKS = 5
MOST_CAUGHT_UP = 1_000
PERIODS = {Digest.Every.HOUR: timedelta(hours=1), Digest.Every.DAY: timedelta(days=1)}


@needs(Right.REACH)
@transaction.atomic
def register_webhook(address: str, by: User) -> tuple[Webhook, str]:
    """Have the agency's alerts sent to an address from now on; return it with its secret, which is shown once.

    Raises Refused where the operator lets nothing leave, Invalid for an address that may not be called, Conflict for
    one that is registered and for too many.
    """
    reach = reach_allowed()
    target_of(address, reach)
    with asking(by.agency_id):
        known = list(webhooks_of(by.agency).select_for_update())
        if any(one.address == address for one in known):
            raise Conflict("This address is registered.", next_step="Remove it first, to get another secret.")
        if len(known) >= MOST_WEBHOOKS:
            raise Conflict("Your agency has enough webhooks.", next_step="Remove one first.")
        made = Webhook.objects.create(
            agency=by.agency, address=address, after=last_number(by.agency), made_by=by, made_at=clock.now()
        )
    detail = {"host": target_of(address, reach).host}
    record("dispatch.webhook_registered", actor=actor_of(by), subject=f"webhook:{made.pk}", detail=detail)
    return made, shown_secret(made)


def shown_secret(webhook: Webhook) -> str:
    """Return the secret of a webhook as its owner is shown it, once."""
    return signing.as_shown(signing.secret_of(webhook.pk, webhook.secret_number))


def reach_allowed() -> Reach:
    """Return how far the operator lets the server call out. Raises Refused where it may not at all."""
    reach = settings.read().webhooks
    if reach is None:
        raise Refused("The operator lets nothing be sent outside.", next_step="Ask the operator for FANAL_WEBHOOKS.")
    return reach


def last_number(agency: Agency) -> int:
    """Return the number of the last alert that an agency was told; 0 where there is none."""
    return Alert.objects.filter(agency=agency).aggregate(last=Max("number"))["last"] or 0


@needs(Right.REACH)
@transaction.atomic
def remove_webhook(webhook: UUID, by: User) -> None:
    """Send nothing to an address any more; what was sent is kept. Raises NotFound."""
    with asking(by.agency_id):
        held = _held(webhook, by)
        held.removed_at = clock.now()
        held.save(update_fields=["removed_at"])
    record("dispatch.webhook_removed", actor=actor_of(by), subject=f"webhook:{held.pk}")


@needs(Right.REACH)
@transaction.atomic
def renew_secret(webhook: UUID, by: User) -> tuple[Webhook, str]:
    """Sign all that is sent to an address from now on with another secret; return it, this once. Raises NotFound."""
    with asking(by.agency_id):
        held = _held(webhook, by)
        held.secret_number += 1
        held.save(update_fields=["secret_number"])
    record("dispatch.webhook_secret_renewed", actor=actor_of(by), subject=f"webhook:{held.pk}")
    return held, shown_secret(held)


@needs(Right.REACH)
@transaction.atomic
def pause(webhook: UUID, by: User) -> None:
    """Send nothing to an address until it is switched on; then it gets what it missed. Raises NotFound, Conflict."""
    with asking(by.agency_id):
        held = _held(webhook, by)
        if held.off_at is not None:
            raise Conflict("This webhook is switched off.")
        held.off_at, held.paused = clock.now(), True
        held.save(update_fields=["off_at", "paused"])
    record("dispatch.webhook_paused", actor=actor_of(by), subject=f"webhook:{held.pk}")


@needs(Right.REACH)
@transaction.atomic
def switch_on(webhook: UUID, by: User) -> int:
    """Send to an address again that was switched off, also what was told meanwhile; return how much that is.

    Raises NotFound, Conflict where it is on.
    """
    with asking(by.agency_id):
        held = _held(webhook, by)
        if held.off_at is None:
            raise Conflict("This webhook is on.")
        held.off_at = held.failing_since = held.rests_until = None
        held.paused = False
        held.save(update_fields=["off_at", "failing_since", "rests_until", "paused"])
        sent = held.deliveries.aggregate(last=Max("number"))["last"] or 0
        missed = deliver_alerts(list(alerts_after(by.agency, max(held.after, sent))[:MOST_CAUGHT_UP]), [held])
        given_up = list(held.deliveries.filter(state=Delivery.State.GIVEN_UP).values_list("pk", flat=True))
        send_soon(given_up)
    detail = {"messages": missed + len(given_up)}
    record("dispatch.webhook_switched_on", actor=actor_of(by), subject=f"webhook:{held.pk}", detail=detail)
    return missed + len(given_up)


@needs(Right.REACH)
@transaction.atomic
def try_out(webhook: UUID, by: User) -> Delivery:
    """Send an address a message that is of no alert. Raises NotFound, Conflict where it is switched off."""
    with asking(by.agency_id):
        held, now = _held(webhook, by), clock.now()
        if held.off_at is not None:
            raise Conflict("This webhook is switched off.", next_step="Switch it on.")
        made = Delivery.objects.create(webhook=held, body=messages.trial(held.pk, now), made_at=now)
        send_soon([made.pk])
    record("dispatch.replayed", actor=actor_of(by), subject=f"delivery:{made.pk}")
    return made


@needs(Right.REACH)
@transaction.atomic
def send_again(delivery: UUID, by: User) -> Delivery:
    """Send a message once more, as it was. Raises NotFound, Conflict while it is still being tried."""
    with asking(by.agency_id):
        found = delivery_of(by.agency, delivery)
        if found.webhook.off_at is not None:
            raise Conflict("This webhook is switched off.", next_step="Switch it on.")
        if found.state == Delivery.State.WAITING:
            raise Conflict("This message is being sent.")
        send_soon([found.pk])
    record("dispatch.replayed", actor=actor_of(by), subject=f"delivery:{found.pk}")
    return found


def _held(webhook: UUID, by: User) -> Webhook:
    return Webhook.objects.select_for_update().get(pk=webhook_of(by.agency, webhook).pk)


@needs(Right.SEE)
@transaction.atomic
def choose_digest(every: str, address: str, by: User) -> Digest | None:
    """Mail a person what is new to their agency every hour or day, or, for no word, not at all.

    Raises Invalid for another word or what is no address.
    """
    if every == "":
        Digest.objects.filter(user=by).delete()
        made = None
    else:
        made = _chosen(every, address.strip(), by)
    detail = {"every": every, "domain": address.strip().rpartition("@")[2] if every else ""}
    record("dispatch.digest_chosen", actor=actor_of(by), subject=f"user:{by.pk}", detail=detail)
    return made


def _chosen(every: str, address: str, by: User) -> Digest:
    if every not in Digest.Every.values:
        raise Invalid("A mail comes every hour or every day.", next_step="Choose one, or none.")
    try:
        validate_email(address)
    except ValidationError:
        raise Invalid("This is no address for mail.", next_step="Write it as camille@unit.example.") from None
    held = Digest.objects.filter(user=by).first() or Digest(user=by, after=last_number(by.agency))
    if held.address != address:
        held.asked_at = held.confirmed_at = None
    held.agency, held.address, held.every, held.failing_since = by.agency, address, every, None
    held.next_at = clock.now() + PERIODS[Digest.Every(every)]
    held.save()
    if held.asked_at is None:  # that mail does not wait
        defer_many("dispatch.digest", [{"user": str(by.pk)}])
    return held


@needs(Right.SEE)
@transaction.atomic
def confirm_digest(word: str, by: User) -> Digest:
    """Have digests go to an address, by the word that was mailed there. Raises NotFound for another word."""
    held = Digest.objects.select_for_update().filter(user=by).first()
    if held is None or not compare_digest(word.encode(), signing.word_for(by.pk, held.address).encode()):
        raise NotFound("This link is of no use.", next_step="Choose the address again: another link is mailed.")
    if held.confirmed_at is None:
        held.confirmed_at = clock.now()
        held.save(update_fields=["confirmed_at"])
    domain = held.address.rpartition("@")[2]
    record("dispatch.digest_confirmed", actor=actor_of(by), subject=f"user:{by.pk}", detail={"domain": domain})
    return held
