"""Rooms in which several agencies work together around series, victims, places and files."""
