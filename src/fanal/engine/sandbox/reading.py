"""A sandbox whose decoders read text: a zygote of its own, so that all others stay as small as they are."""

from dataclasses import replace

from fanal.engine.media.limits import DEFAULT_LIMITS, MIB
from fanal.engine.media.reading.models import TextUnread, folder
from fanal.engine.sandbox.broker import Sandbox
from fanal.engine.sandbox.order import Decoders
from fanal.engine.sandbox.policy import Policy

READERS = Decoders(
    examine="fanal.engine.media.reading.read:read", warm="fanal.engine.sandbox.warm_reading:warm_reading"
)
LIMITS = replace(DEFAULT_LIMITS, memory_bytes=1_280 * MIB, cpu_seconds=120.0, wall_seconds=600.0)


def reading_sandbox(policy: Policy, workers: int = 1) -> Sandbox:
    """Return a sandbox whose `examine` gives prints of text. Raises TextUnread where the extra is not installed.

    Each file has a process of its own: beside a second of reading, a fork costs nothing.
    """
    if folder() is None:
        raise TextUnread("Text cannot be read here: the models are not installed.")
    return Sandbox(workers, LIMITS, policy, decoders=READERS, files_per_decoder=1)
