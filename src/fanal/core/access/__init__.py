"""Agencies, people, and who is asking."""
