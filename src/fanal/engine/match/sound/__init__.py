"""Finds the same recording in other sounds."""
