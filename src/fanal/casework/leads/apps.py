"""The Django app of leads."""

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    """Leads and judgements."""

    name = "fanal.casework.leads"
    label = "leads"
    default_auto_field = "django.db.models.BigAutoField"
