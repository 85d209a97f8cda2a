"""Which groups of frames may be left out of a decode: what begins with a key frame needs nothing before it.

A container's word for what a key frame is can be wrong, by a careless recorder or on purpose. So nothing is left out
before the decoder itself has called a frame a key frame that the container called one, and never again once it has not.
A shot that begins inside a group shows by its packet: a picture that nothing before resembles must be sent whole.
"""

from collections.abc import Sequence
from typing import Any

_SHARE = 0.25
"""Of the size of the key frame before it: a frame smaller than that begins no shot."""
_TIMES = 2.0
"""Larger than others of its group, at least, is a frame that begins a shot: what moves makes all of them large."""
_ONE_IN = 6
"""It is held against the size that one in so many has: most coders make as many that look back only."""


class KeyFrames:
    """Follows the key frames of one stream: packets as they come, frames as they are shown."""

    def __init__(self, *, all_are: bool = False) -> None:
        """`all_are`: the codec knows no other frames."""
        self._sure = all_are
        self._fed = 0
        self._awaited: int | None = None
        self._from: int | None = None
        self._size = 0
        self._wrong = False

    def feed(self, packet: Any) -> None:
        """Take note of a packet that goes to the decoder."""
        if packet.is_keyframe:
            self._size = packet.size
            self._awaited = packet.pts
            self._fed += 1

    def shown(self, frame: Any) -> None:
        """Hold a frame that the decoder made against what the container said. Ask for each, in order of showing."""
        if self._awaited is None or frame.pts is None or frame.pts < self._awaited:
            return
        true = frame.pts == self._awaited and frame.key_frame
        self._awaited = None
        if not true:
            self._wrong, self._sure = True, False
        elif self._fed > 1:
            # Every film begins with a key frame: the first proves nothing.
            self._sure = not self._wrong

    def may_skip(self, held: Sequence[Any]) -> bool:
        """Tell whether these packets, in order, may be left out if a key frame follows them."""
        return self._sure and not self._shot_begins(held)

    def skip_to(self, packet: Any) -> None:
        """Take note that all before this key frame was left out."""
        self._awaited, self._from = None, packet.pts

    def needs_what_was_skipped(self, packet: Any) -> bool:
        """Tell whether a packet leads the key frame before it: is shown earlier, and refers to what was left out."""
        if self._from is None or packet.pts is None or packet.pts >= self._from:
            # What leads comes directly behind the key frame.
            self._from = None
            return False
        return True

    def _shot_begins(self, held: Sequence[Any]) -> bool:
        sizes: list[int] = sorted((packet.size for packet in held if not packet.is_keyframe), reverse=True)
        if not sizes:
            return False
        usual = sizes[min(max(2, len(sizes) // _ONE_IN), len(sizes)) - 1]
        return sizes[0] >= max(_SHARE * self._size, _TIMES * usual)
