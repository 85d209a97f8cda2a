"""What text is looked for in: a picture the right way up, or a few frames of a film, and how they are stored."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fanal.engine.media import raster
from fanal.engine.media.container import moving_stream, opened
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.facts import FactSheet
from fanal.engine.media.frame_feed import FrameFeed
from fanal.engine.media.heif import open_within
from fanal.engine.media.image import picture_facts, whole_file
from fanal.engine.media.kinds import HEIF, Kind
from fanal.engine.media.limits import Limits
from fanal.engine.media.preview import fit, upright
from fanal.engine.media.refusals import Refusal
from fanal.engine.text.line import Line, Quad, Spot

LONGEST = 4_096
"""Pixels of the longer side from which on a picture is reduced before anything is read."""
LONGEST_FRAME = 1_920
MOST_FRAMES = 6
"""Of a film that are read: each costs as much as a picture."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Pixels to be read, and how they lie in the stored picture."""

    pixels: NDArray[np.uint8]
    width: int
    height: int
    orientation: int = 1
    time: float | None = None

    def placed(self, line: Line) -> Line:
        """Return a line with its corners in stored pixels."""
        first, second, third, fourth = (self._stored(spot) for spot in line.corners)
        corners: Quad = (first, second, third, fourth)
        return replace(line, corners=corners)

    def _stored(self, spot: Spot) -> Spot:
        x, y = spot[0] / self.pixels.shape[1], spot[1] / self.pixels.shape[0]
        x, y = _BACK.get(self.orientation, _BACK[1])(x, y)
        return x * self.width, y * self.height


_BACK: dict[int, Any] = {
    1: lambda x, y: (x, y),
    2: lambda x, y: (1 - x, y),
    3: lambda x, y: (1 - x, 1 - y),
    4: lambda x, y: (x, 1 - y),
    5: lambda x, y: (y, x),
    6: lambda x, y: (y, 1 - x),
    7: lambda x, y: (1 - y, 1 - x),
    8: lambda x, y: (1 - y, x),
}
"""From shares of the upright picture to shares of the stored one, by Exif orientation."""


def picture(file: BinaryIO, kind: Kind, limits: Limits) -> Iterator[Seen]:
    """Yield a picture, of an animated one its first frame. Raises MediaRefused, or what its decoder raises."""
    data = whole_file(file, limits)
    if kind == HEIF:
        stored, orientation = Image.fromarray(np.array(open_within(data, limits))), 1
    else:
        stored, _ = raster.load(data, kind, limits)
        orientation = picture_facts(data, kind, stored.info, FactSheet(limits)).orientation
    shown = np.asarray(fit(raster.flattened(raster.reduced(stored, LONGEST)), LONGEST))
    yield Seen(np.ascontiguousarray(upright(shown, orientation)), *stored.size, orientation)


def stills(file: BinaryIO, kind: Kind, limits: Limits) -> Iterator[Seen]:
    """Yield a few frames spread over a film. Raises MediaRefused, or what FFmpeg raises."""
    with opened(file, kind.reader, limits) as container:
        stream = moving_stream(container)
        if stream is None:
            return
        decoder = stream.codec_context
        if decoder.width * decoder.height > limits.video_pixels:
            raise MediaRefused(Refusal.TOO_MANY_PIXELS)
        decoder.thread_count = 1
        rate = float(stream.average_rate or stream.guessed_rate or 25)
        feed = FrameFeed(container, stream, 1 / rate if 0.01 < rate < 1000 else 0.04)
        yield from _spread(feed, limits)


def _spread(feed: FrameFeed, limits: Limits) -> list[Seen]:
    """Return frames spread evenly over a film whose length is not known beforehand."""
    kept: list[Seen] = []
    every = 1
    for number, (time, frame) in enumerate(feed.frames()):
        if time > limits.seconds_of_media:
            break
        if number % every == 0:
            kept.append(_still(frame, time))
        if len(kept) > 2 * MOST_FRAMES:
            kept, every = kept[::2], every * 2
    return kept[:: max(1, -(-len(kept) // MOST_FRAMES))]


def _still(frame: Any, time: float) -> Seen:
    zoom = min(1.0, LONGEST_FRAME / max(frame.width, frame.height))
    width, height = max(2, round(frame.width * zoom)), max(2, round(frame.height * zoom))
    small = frame.reformat(width=width, height=height, format="rgb24").to_ndarray()
    return Seen(np.array(small), frame.width, frame.height, time=round(time, 3))
