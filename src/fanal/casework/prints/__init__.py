"""Fingerprints of contents, and the live index over them."""
