"""The Django app of prints."""

from django.apps import AppConfig


class PrintsConfig(AppConfig):
    """Fingerprints and the live index."""

    name = "fanal.casework.prints"
    label = "prints"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the news of the floors and nouns below, once the jobs are known."""
        from fanal.casework.prints import jobs, listening

        assert jobs
        listening.start_listening()
