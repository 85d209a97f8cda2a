"""The Django app of what is sent outside."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    """Webhooks and digests of alerts."""

    name = "fanal.casework.dispatch"
    label = "dispatch"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to alerts, once the jobs are known."""
        from fanal.casework.dispatch import jobs, listening

        assert jobs
        listening.start_listening()
