"""The Django app of retention."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """How long material is kept, legal holds, and deletion."""

    name = "fanal.casework.retention"
    label = "retention"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the deed that needs a second officer known."""
        from fanal.casework.retention.deletion import DELETE
        from fanal.core.approvals.deeds import register

        register(DELETE)
