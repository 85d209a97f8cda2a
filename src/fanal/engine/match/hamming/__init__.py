"""Exact search among hashes by the number of bits that differ."""

from fanal.engine.match.hamming.index import HammingIndex

__all__ = ["HammingIndex"]
