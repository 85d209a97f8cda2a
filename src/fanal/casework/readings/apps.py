"""The Django app of readings."""

from django.apps import AppConfig


class ReadingsConfig(AppConfig):
    """Text that was read in pictures and films."""

    name = "fanal.casework.readings"
    label = "readings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the news of the floors and nouns below, once the jobs are known."""
        from fanal.casework.readings import jobs, listening

        assert jobs
        listening.start_listening()
