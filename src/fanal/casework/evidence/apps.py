"""The Django app of evidence."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Submissions, exhibits and contents."""

    name = "fanal.casework.evidence"
    label = "evidence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the jobs, and the deeds that need a second officer, known."""
        from fanal.casework.evidence import jobs, visibility
        from fanal.core.approvals.deeds import register

        assert jobs
        register(visibility.WIDEN)
