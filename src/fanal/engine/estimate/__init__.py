"""Estimates from plain numbers and words: pure, without a database."""
