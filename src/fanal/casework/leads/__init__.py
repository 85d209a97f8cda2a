"""Proposed links between contents, and what officers judged of them."""
