"""One sandbox a process, made when first needed."""

import atexit
import threading

from fanal.engine.sandbox.broker import Sandbox
from fanal.engine.sandbox.policy import policy_named
from fanal.kit import settings

_lock = threading.Lock()
_sandbox: Sandbox | None = None


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
