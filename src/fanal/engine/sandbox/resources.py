"""What one decoder may use of the machine (setrlimit(2))."""

import math
import os
import resource
from pathlib import Path

from fanal.engine.sandbox.errors import NotConfined

_OPEN_FILES = 16
_THREADS = 64
_SECONDS_TO_TAKE_THE_HINT = 1


def address_space() -> int:
    """Return how many bytes of address space this process has mapped."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")


def limit(memory_bytes: int, cpu_seconds: float) -> None:
    """Bound this process: `memory_bytes` of address space in all, no new files, no core dump. Raises NotConfined."""
    seconds = math.ceil(cpu_seconds)
    try:
        _set(resource.RLIMIT_AS, memory_bytes)
        _set(resource.RLIMIT_FSIZE, 0)
        _set(resource.RLIMIT_CORE, 0)
        _set(resource.RLIMIT_MEMLOCK, 0)
        _set(resource.RLIMIT_MSGQUEUE, 0)
        _set(resource.RLIMIT_NOFILE, _OPEN_FILES)
        # SIGXCPU at the soft limit tells a spin from a crash; the hard one is SIGKILL for who ignores it.
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + _SECONDS_TO_TAKE_THE_HINT))
    except (OSError, ValueError) as error:
        raise NotConfined(f"setrlimit: {error}") from None


def limit_threads() -> None:
    """Bound the threads of this process. Needs its own user namespace, else a whole machine's are counted."""
    try:
        _set(resource.RLIMIT_NPROC, _THREADS)
    except (OSError, ValueError) as error:
        raise NotConfined(f"setrlimit: {error}") from None


def _set(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (bound, bound))
