"""The only place that draws randomness."""

import secrets
import time
from uuid import UUID


def new_id() -> UUID:
    """Return a new UUID version 7 (RFC 9562): 48 bits of milliseconds, then random bits, so that ids sort by time."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def random_bytes(length: int) -> bytes:
    """Return `length` bytes fit for keys."""
    return secrets.token_bytes(length)
