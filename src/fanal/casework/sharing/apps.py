"""The Django app of sharing."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Who works on what, and what an agency lets others learn."""

    name = "fanal.casework.sharing"
    label = "sharing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the jobs known."""
        from fanal.casework.sharing import jobs

        assert jobs
