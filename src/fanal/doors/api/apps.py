"""The Django app of the API."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Routes for programs, and the answers that are kept for them."""

    name = "fanal.doors.api"
    label = "api"
