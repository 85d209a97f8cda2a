"""Die with the parent, whatever it dies of (PR_SET_PDEATHSIG in prctl(2))."""

import os
import signal

from fanal.engine.sandbox.libc import prctl

_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Ask to be killed when the process `parent` ends. Exits at once if it is gone already. Raises NotConfined."""
    prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(0)
