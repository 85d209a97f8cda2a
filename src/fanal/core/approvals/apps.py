"""The Django app of approvals."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Deeds that need a second pair of eyes."""

    name = "fanal.core.approvals"
    label = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the regular work known."""
        from fanal.core.approvals import jobs

        assert jobs
