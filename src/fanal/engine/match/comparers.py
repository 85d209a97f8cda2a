"""Which comparer compares the prints of which technique."""

from collections.abc import Callable

from fanal.engine.fingerprint.local.stored import TECHNIQUE as LOCAL
from fanal.engine.fingerprint.pdq import TECHNIQUE as PDQ
from fanal.engine.fingerprint.sound.prints import TECHNIQUE as SOUND
from fanal.engine.match.comparer import Comparer
from fanal.engine.text.stored import TECHNIQUE as TEXT


def _frames() -> Comparer:
    from fanal.engine.match.frames.comparer import FrameComparer

    return FrameComparer()


def _sounds() -> Comparer:
    from fanal.engine.match.sound.comparer import SoundComparer

    return SoundComparer()


def _pictures() -> Comparer:
    from fanal.engine.match.local.comparer import LocalComparer

    return LocalComparer()


def _texts() -> Comparer:
    from fanal.engine.match.text.comparer import TextComparer

    return TextComparer()


COMPARERS: dict[str, Callable[[], Comparer]] = {PDQ: _frames, LOCAL: _pictures, SOUND: _sounds, TEXT: _texts}
"""Name of the technique of the prints, and how to make a comparer of them. Made late: kernels take time to load."""
