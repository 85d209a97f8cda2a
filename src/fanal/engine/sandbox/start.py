"""Where a zygote begins: it takes its clean process as it is and goes to work."""

import signal
from typing import NoReturn

from fanal.engine.sandbox.zygote import main


def start(words: str) -> NoReturn:
    """Forget signal habits inherited from whoever started us, then live by the plan in `words`."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    main(words)
