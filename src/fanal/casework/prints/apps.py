"""The Django app of prints."""

from django.apps import AppConfig


class PrintsConfig(AppConfig):
    """Fingerprints and the live index."""

    name = "fanal.casework.prints"
    label = "prints"
    default_auto_field = "django.db.models.BigAutoField"
