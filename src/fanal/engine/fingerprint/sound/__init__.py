"""Spectral peaks of sound."""
