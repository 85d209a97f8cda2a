"""The Django app of registry entries."""

from django.apps import AppConfig


class EntriesConfig(AppConfig):
    """Series, victims, suspects, places and objects."""

    name = "fanal.casework.entries"
    label = "entries"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the news of the nouns below, once the jobs are known."""
        from fanal.casework.entries import jobs, listening

        assert jobs
        listening.start_listening()
