"""Fanal: one shared database that leads police units from a seized picture to a child, a place and a suspect."""

__version__ = "0.1.0"
