"""The Django app of leads."""

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    """Leads and judgements."""

    name = "fanal.casework.leads"
    label = "leads"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the news of the floors and nouns below, once the jobs are known."""
        from fanal.casework.leads import jobs, listening

        assert jobs
        listening.start_listening()
