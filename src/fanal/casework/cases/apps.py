"""The Django app of cases."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Working rooms for agencies."""

    name = "fanal.casework.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the jobs known."""
        from fanal.casework.cases import jobs

        assert jobs
