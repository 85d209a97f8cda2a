"""The Django app of jobs."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Work that survives the death of its worker."""

    name = "fanal.core.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
