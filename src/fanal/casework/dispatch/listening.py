"""What dispatch does when it hears of alerts."""

from fanal.casework.alerts.events import AlertsRaised
from fanal.core.jobs.actions import defer
from fanal.kit import settings
from fanal.kit.events import listen


def start_listening() -> None:
    """Hear of alerts."""
    listen(AlertsRaised, send_to_webhooks)


def send_to_webhooks(news: AlertsRaised) -> None:
    """Have alerts sent to the addresses of their agencies, where the operator lets anything leave."""
    if settings.read().webhooks is not None:
        defer("dispatch.alerts", alerts=[str(alert) for alert in news.alerts])
