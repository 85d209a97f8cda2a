"""Registers the vault with Django."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """The encrypted, content-addressed store of bytes."""

    name = "fanal.core.vault"
    label = "vault"
    verbose_name = "vault"
    default_auto_field = "django.db.models.BigAutoField"
