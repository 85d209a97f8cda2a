"""One sandbox a process, and one that reads text, each made when first needed."""

import atexit
import threading

from fanal.engine.sandbox.broker import Sandbox
from fanal.engine.sandbox.policy import policy_named
from fanal.engine.sandbox.reading import reading_sandbox
from fanal.kit import settings

_lock = threading.Lock()
_sandbox: Sandbox | None = None
_reading: Sandbox | None = None


def shared_sandbox() -> Sandbox:
    """Return this process's sandbox, with the confinement that the operator's settings ask for.

    Raises SandboxUnavailable when the machine cannot confine and the settings do not accept that.
    """
    global _sandbox
    with _lock:
        if _sandbox is None:
            _sandbox = Sandbox(policy=policy_named(settings.read().sandbox))
            atexit.register(_sandbox.close)
        return _sandbox


def shared_reading_sandbox() -> Sandbox:
    """Return this process's sandbox that reads text, one file at a time, so that other work has the other processors.

    Raises TextUnread where the extra is not installed, and as `shared_sandbox`.
    """
    global _reading
    with _lock:
        if _reading is None:
            _reading = reading_sandbox(policy_named(settings.read().sandbox))
            atexit.register(_reading.close)
        return _reading
