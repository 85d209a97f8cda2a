"""Prints of a film: the PDQ of one frame a second, so that single pictures find the film and the second too."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.luma import FilmColour, film_luma
from fanal.engine.fingerprint.pdq import SMALLEST_SIDE, TECHNIQUE, prints_of_grid, shrink
from fanal.engine.fingerprint.prints import Print

STANDARD_DEFINITION = FilmColour()
INTERVAL = 1.0
"""Seconds of film from one print to the next."""


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
        return Print(TECHNIQUE, bytes(32), quality=0, time=frame.time, turned=bytes(7 * 32))
    blue_red = None if frame.chroma is None else (shrink(frame.chroma[0], size), shrink(frame.chroma[1], size))
    pdq = prints_of_grid(film_luma(shrink(frame.luma), blue_red, frame.colour))
    return Print(TECHNIQUE, pdq.hash, quality=pdq.quality, time=frame.time, turned=pdq.turned)


def video_prints(frames: Iterable[Frame]) -> tuple[Print, ...]:
    """Return one print for each frame given; the caller leaves out what a `Sampler` says is not due."""
    return tuple(frame_print(frame) for frame in frames)
