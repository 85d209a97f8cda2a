"""What the machine has that Fanal runs on."""

import os
from collections.abc import Mapping
from pathlib import Path

_LIMIT = Path("/sys/fs/cgroup/memory.max")


def memory() -> int:
    """Return the bytes of memory that this process may count on: the machine's, or less where a container has less."""
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = _LIMIT.read_text(encoding="ascii").strip()
    except OSError:
        return there
    return min(there, int(limit)) if limit.isdigit() else there


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


def caches(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of this user's caches (XDG Base Directory Specification).

    Raises RuntimeError for a user without a home who names none.
    """
    named = Path(environ.get("XDG_CACHE_HOME") or "")
    return named if named.is_absolute() else Path.home() / ".cache"
