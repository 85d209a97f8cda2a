"""The Django app of the registry."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Clues, the catalogue, and what is seen everywhere."""

    name = "fanal.casework.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the news of the floors and nouns below, once the jobs are known."""
        from fanal.casework.registry import jobs, listening

        assert jobs
        listening.start_listening()
