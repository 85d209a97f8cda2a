"""Named points at which a test may kill the process, to prove that nothing acknowledged is lost."""

from collections.abc import Callable

_watcher: Callable[[str], None] | None = None


def here(point: str) -> None:
    """Say that this point was reached. Costs nothing unless a test watches."""
    if _watcher is not None:
        _watcher(point)


def watch(watcher: Callable[[str], None] | None) -> None:
    """Have `watcher` called at each point, in the thread that reaches it; None: no longer. For tests only."""
    global _watcher
    _watcher = watcher
