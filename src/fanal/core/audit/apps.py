"""Registers the audit log with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The append-only Merkle log of everything done or seen."""

    name = "fanal.core.audit"
    label = "audit"
    verbose_name = "audit log"
    default_auto_field = "django.db.models.BigAutoField"
