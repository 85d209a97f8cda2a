"""Prints of a film: the PDQ of one frame a second, and local features of some; a picture finds its second too."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.features import FRAME_SIDE
from fanal.engine.fingerprint.local.prints import FRAME_FEATURES, local_print
from fanal.engine.fingerprint.luma import FilmColour, film_luma
from fanal.engine.fingerprint.pdq import SMALLEST_SIDE, prints_of_grid, shrink
from fanal.engine.fingerprint.pdq import TECHNIQUE as PDQ
from fanal.engine.fingerprint.prints import Print

TECHNIQUE = "video/1"
"""What links of films are called; their prints are those of frames."""
STANDARD_DEFINITION = FilmColour()
INTERVAL = 1.0
"""Seconds of film from one print to the next."""
MOST_KEY_PICTURES = 32
"""Frames of a film that take part in matching by local features."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The planes of one decoded frame, as the film stores them."""

    time: float
    """Seconds from the start of the film."""
    luma: NDArray[np.uint8]
    """[height, width]."""
    chroma: tuple[NDArray[np.uint8], NDArray[np.uint8]] | None = None
    """Blue and red differences, of any smaller size; needed for exact hashes of BT.709 and BT.2020 films."""
    colour: FilmColour = STANDARD_DEFINITION


class Sampler:
    """Says which frames of a film are hashed: the first one, then the first of each further second."""

    def __init__(self, interval: float = INTERVAL) -> None:
        self._interval = interval
        self._next = -math.inf

    @property
    def next_time(self) -> float:
        """Frames shown before this are not due, so they need not even be decoded."""
        return self._next

    def due(self, time: float) -> bool:
        """Tell whether the frame shown at `time` is to be hashed. Ask once for each frame, in order of time."""
        if time < self._next:
            return False
        # A millisecond of grace: time stamps of 29.97 frames a second fall just short of whole seconds.
        self._next = (math.floor((time + 0.001) / self._interval) + 1) * self._interval - 0.001
        return True


def frame_print(frame: Frame) -> Print:
    """Return the print of one frame."""
    size = (frame.luma.shape[0], frame.luma.shape[1])
    if min(size) < SMALLEST_SIDE:
        return Print(PDQ, bytes(32), quality=0, time=frame.time, turned=bytes(7 * 32))
    blue_red = None if frame.chroma is None else (shrink(frame.chroma[0], size), shrink(frame.chroma[1], size))
    pdq = prints_of_grid(film_luma(shrink(frame.luma), blue_red, frame.colour))
    return Print(PDQ, pdq.hash, quality=pdq.quality, time=frame.time, turned=pdq.turned)


class KeyPictures:
    """Keeps frames, spread evenly over a film of any length, whose local features are printed in the end."""

    def __init__(self, most: int = MOST_KEY_PICTURES) -> None:
        self._most = most
        self._every = 1
        self._seen = 0
        self._kept: list[tuple[float, NDArray[np.uint8], tuple[int, int]]] = []

    def offer(self, frame: Frame) -> None:
        """Take note of a frame that was hashed. Memory: a small grey copy of twice as many as are printed."""
        if self._seen % self._every == 0:
            self._kept.append((frame.time, _small(frame.luma), (frame.luma.shape[0], frame.luma.shape[1])))
        if len(self._kept) > 2 * self._most:
            self._kept = self._kept[::2]
            self._every *= 2
        self._seen += 1

    def prints(self) -> Iterator[Print]:
        """Yield the prints of local features of at most so many of them, in order of time."""
        step = max(1, -(-len(self._kept) // self._most))
        for time, luma, size in self._kept[::step]:
            yield local_print(luma, size, features=FRAME_FEATURES, side=FRAME_SIDE, time=time)


def _small(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    zoom = FRAME_SIDE / max(luma.shape)
    if zoom >= 1 or min(luma.shape) < SMALLEST_SIDE:
        return luma
    size = max(1, round(luma.shape[1] * zoom)), max(1, round(luma.shape[0] * zoom))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)


def video_prints(frames: Iterable[Frame]) -> tuple[Print, ...]:
    """Return one print for each frame given; the caller leaves out what a `Sampler` says is not due."""
    return tuple(frame_print(frame) for frame in frames)
