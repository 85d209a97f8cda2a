"""The Django app of the desk."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, templates, static files and translations of the desk."""

    name = "fanal.doors.web"
    label = "web"
