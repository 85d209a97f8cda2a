"""Work of dispatch: write messages of alerts, call addresses, mail digests."""

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

from django.db import transaction

from fanal.casework.alerts.models import Alert
from fanal.casework.alerts.queries import alerts_after
from fanal.casework.dispatch import calling, delivering, mailing, signing
from fanal.casework.dispatch.actions import PERIODS
from fanal.casework.dispatch.digests import asking_mail_of, mail_of
from fanal.casework.dispatch.models import Delivery, Digest
from fanal.core.access.roles import Right, may
from fanal.core.audit.actions import record
from fanal.core.jobs.actions import defer_many, fence, still_mine
from fanal.core.jobs.registry import Attempt, every, job
from fanal.kit import clock, settings
from fanal.kit.actor import SYSTEM

LOOK_SECONDS = 300
MAILED_AGAIN = timedelta(minutes=15)
"""When what the mail server did not take is tried again."""


@job("dispatch.alerts", queue="dispatch", priority=4, subject="alerts")
def of_alerts(attempt: Attempt, alerts: Sequence[str]) -> None:
    """Write messages of alerts for the addresses of their agencies."""
    with fence(attempt):
        delivering.of_alerts([UUID(alert) for alert in alerts])


@job("dispatch.call", queue="dispatch", priority=3, subject="delivery")
def call(attempt: Attempt, delivery: str) -> None:
    """Send one message to its address; it stands in the log before it leaves."""
    reach = settings.read().webhooks
    with transaction.atomic():
        still_mine(attempt)
        due, rest = delivering.ready(UUID(delivery)) if reach else (None, 0.0)
        if due is not None:
            detail = {"delivery": str(due.pk), "alert": str(due.alert_id or "")}
            record("dispatch.called", actor=SYSTEM, subject=f"webhook:{due.webhook_id}", detail=detail)
    outcome = _sent(due, reach) if due and reach else None
    with fence(attempt):
        if outcome is not None:
            delivering.note(UUID(delivery), outcome)
        elif rest:
            defer_many("dispatch.call", [{"delivery": delivery}], wait=rest)


def _sent(due: Delivery, reach: settings.Reach) -> calling.Outcome:
    body, message, now = due.body.encode(), f"msg_{due.pk.hex}", int(clock.now().timestamp())
    secret = signing.secret_of(due.webhook_id, due.webhook.secret_number)
    signed = {
        "Content-Type": "application/json",
        "User-Agent": "Fanal",
        "webhook-id": message,
        "webhook-timestamp": str(now),
        "webhook-signature": signing.signature(secret, message, now, body),
    }
    return calling.post(due.webhook.address, body, signed, reach)


@every(LOOK_SECONDS, "dispatch.digests")
def due_digests(attempt: Attempt) -> None:
    """Have the digests mailed whose time has come, where the operator lets mails leave."""
    with fence(attempt):
        if settings.read().mail is None:
            return
        now = clock.now()
        due = list(Digest.objects.select_for_update().filter(next_at__lte=now).values_list("pk", flat=True))
        Digest.objects.filter(pk__in=due).update(next_at=now + MAILED_AGAIN)
        defer_many("dispatch.digest", [{"user": str(user)} for user in due])


@job("dispatch.digest", queue="dispatch", priority=2, subject="user")
def digest(attempt: Attempt, user: str) -> None:
    """Mail one person what is new since their last mail; nothing where nothing is."""
    mail = settings.read().mail
    held = Digest.objects.select_related("user", "agency").filter(pk=UUID(user)).first()
    reads = held is not None and mail is not None and held.user.is_active and may(held.user, Right.SEE)
    if held is None or mail is None or not reads:
        with fence(attempt):
            return
    if held.confirmed_at is None:
        _ask_to_confirm(attempt, held, mail)
        return
    news = list(alerts_after(held.agency, held.after))
    fresh = [alert for alert in news if alert.acknowledged_at is None]
    if fresh and not _mailed(attempt, held, fresh, mail):
        return
    now = clock.now()
    told = {"after": news[-1].number if news else held.after, "next_at": now + PERIODS[Digest.Every(held.every)]}
    told |= {"sent_at": now, "failing_since": None} if fresh else {}
    with fence(attempt):
        Digest.objects.filter(pk=held.pk).update(**told)


def _ask_to_confirm(attempt: Attempt, held: Digest, mail: settings.Mail) -> None:
    """Mail an address once whether it is its person's; before they say so, nothing else goes there."""
    if held.asked_at is None and not _sent_off(
        attempt, held, asking_mail_of(held, mail), mail, "dispatch.digest_asked"
    ):
        return
    now = clock.now()
    with fence(attempt):
        later = {"asked_at": held.asked_at or now, "next_at": now + PERIODS[Digest.Every(held.every)]}
        # Where another address was chosen meanwhile, that one is asked by a job of its own.
        Digest.objects.filter(pk=held.pk, address=held.address).update(**later, failing_since=None)


def _mailed(attempt: Attempt, held: Digest, fresh: Sequence[Alert], mail: settings.Mail) -> bool:
    told = {"alerts": [str(alert.pk) for alert in fresh]}
    return _sent_off(attempt, held, mail_of(held, fresh, mail), mail, "dispatch.mailed", **told)


def _sent_off(
    attempt: Attempt, held: Digest, made: EmailMessage, mail: settings.Mail, action: str, **detail: list[str]
) -> bool:
    """Send a mail, which stands in the log before; False, and tried again later, where it is not taken."""
    with transaction.atomic():
        still_mine(attempt)
        record(action, actor=SYSTEM, subject=f"user:{held.user_id}", detail=detail)
    try:
        mailing.send(made, mail)
    except mailing.MailRefused:
        with fence(attempt):
            since = held.failing_since or clock.now()
            Digest.objects.filter(pk=held.pk).update(failing_since=since, next_at=clock.now() + MAILED_AGAIN)
        return False
    return True
