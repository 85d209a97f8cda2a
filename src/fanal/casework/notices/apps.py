"""The Django app of notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Sealed documents for countries that are not connected."""

    name = "fanal.casework.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the news of the nouns below, once the jobs are known."""
        from fanal.casework.notices import jobs, listening
        from fanal.casework.notices.release import RELEASE
        from fanal.core.approvals.deeds import register

        assert jobs
        register(RELEASE)
        listening.start_listening()
