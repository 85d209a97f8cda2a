"""The Django app of agencies and people."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Agencies, people, and who is asking."""

    name = "fanal.core.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
