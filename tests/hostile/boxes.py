"""Sandboxes for hostile decoders: tight limits, and a look at what lives in them."""

from collections.abc import Callable

from fanal.engine.media.limits import Limits
from fanal.engine.sandbox.broker import Sandbox
from fanal.engine.sandbox.order import Decoders
from offspring import descendants

TIGHT = Limits(memory_bytes=256 << 20, cpu_seconds=1.0, wall_seconds=2.5, archive_members=5, output_bytes=10_000)
PLANTED = Decoders("hostile.planted:examine", "hostile.planted:unpack", "")


def decoders_of(box: Sandbox) -> Callable[[], list[int]]:
    """Return what lists the decoders: all below the zygote but the first process of its namespace."""
    return lambda: [each for each in descendants(box.zygote or 0) if each != within(box)]


def within(box: Sandbox) -> int | None:
    """The first process of the namespace, which lasts as long as the zygote."""
    below = descendants(box.zygote or 0)
    return below[0] if below else None
