"""The Django app of alerts."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """News that an agency must acknowledge."""

    name = "fanal.casework.alerts"
    label = "alerts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the news of the nouns below, once the jobs are known."""
        from fanal.casework.alerts import jobs, listening

        assert jobs
        listening.start_listening()
