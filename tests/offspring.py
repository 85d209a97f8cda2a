"""Which processes descend from which, as the kernel tells."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

PATIENCE = 60.0


def descendants(process: int) -> list[int]:
    """Return the ids of all processes below this one that are not dead, parents before children."""
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text().split():
                found += [int(child), *descendants(int(child))]
    return found


def await_none(look: Callable[[], Sequence[int]]) -> None:
    """Wait until there are none; AssertionError names those that stay."""
    until = time.monotonic() + PATIENCE
    while left := look():
        assert time.monotonic() < until, f"still alive: {left}"
        time.sleep(0.01)
