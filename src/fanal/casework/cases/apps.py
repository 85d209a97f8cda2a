"""The Django app of cases."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Working rooms for agencies."""

    name = "fanal.casework.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the news of the nouns below, once the jobs are known."""
        from fanal.casework.cases import jobs, listening

        assert jobs
        listening.start_listening()
