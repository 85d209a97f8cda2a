"""The Django app of sharing."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Who works on what, and what an agency lets others learn."""

    name = "fanal.casework.sharing"
    label = "sharing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the news of the nouns below, once the jobs are known."""
        from fanal.casework.sharing import jobs, listening

        assert jobs
        listening.start_listening()
