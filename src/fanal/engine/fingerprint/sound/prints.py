"""Prints of sound: where its spectrum peaks, in time and pitch.

Loud partials of voices and instruments stay where they are in noise, under music, through telephones and lossy coding,
so the places of the peaks are kept and nothing else. Pitch is kept on a logarithmic scale: a sound played faster moves
all its peaks by the same number of steps. After A. Wang, An Industrial-Strength Audio Search Algorithm, ISMIR 2003.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.sound.picking import Picking

TECHNIQUE = "audio/1"
RATE = 8_000
"""Samples a second that are listened to: what a telephone lets through, and most of a voice."""
WINDOW, HOP = 512, 128
"""Samples that a spectrum is made of, and from one to the next."""
FRAME = HOP / RATE
"""Seconds from one spectrum to the next, the unit of time of a peak."""
LOWEST, STEPS = 200.0, 60
"""Hertz where the scale of pitch begins, and its steps an octave."""
BLOCK = 3_750
"""Frames that one print holds: a minute."""
PICKING = Picking(across=2, along=2, span=16, most=20, salience=1.0, floor=-22.0)
MOST_A_SECOND = -(-PICKING.most * RATE // (PICKING.span * HOP))
"""Peaks in a second of sound, at most."""

_BINS = slice(12, 228)
_MARGIN = 64
_LOUDEST = np.float32(4)
_AROUND = (8, 14)
_HEAD, _PEAK = struct.Struct(">H"), 3


class Peaks(NamedTuple):
    """Peaks of a sound in order of time, all arrays of one length."""

    frames: NDArray[np.int32]
    """Times in units of `FRAME`."""
    pitches: NDArray[np.int32]
    """0 to 255: steps above `LOWEST`."""
    strengths: NDArray[np.uint8]
    """1 to 255: height above what surrounds the peak, in sixteenths of a power of two."""


class Listener:
    """Hears a sound in pieces of any length and returns its prints; they do not depend on how it was cut."""

    def __init__(self) -> None:
        self._heard = np.zeros(WINDOW // 2, np.float32)
        self._first = 0
        self._block = 0

    def hear(self, samples: NDArray[np.float32]) -> tuple[Print, ...]:
        """Return the prints of the minutes that are complete with these samples: mono, `RATE` a second, -1 to 1."""
        self._heard = np.concatenate([self._heard, _sane(samples)])
        prints: list[Print] = []
        while (self._first + len(self._heard) - WINDOW) // HOP >= (self._block + 1) * BLOCK + _MARGIN:
            prints += self._print((self._block + 1) * BLOCK)
            self._block += 1
            self._forget(max(0, self._block * BLOCK - _MARGIN) * HOP)
        return tuple(prints)

    def end(self) -> tuple[Print, ...]:
        """Return the print of what is left."""
        self._heard = np.concatenate([self._heard, np.zeros(WINDOW // 2, np.float32)])
        frames = (self._first + len(self._heard) - WINDOW) // HOP + 1
        prints: list[Print] = []
        while self._block * BLOCK < frames:
            prints += self._print(min(frames, (self._block + 1) * BLOCK))
            self._block += 1
        return tuple(prints)

    def _forget(self, first: int) -> None:
        self._heard = self._heard[first - self._first :]
        self._first = first

    def _print(self, end: int) -> Iterator[Print]:
        """Yield the print of the block that is due, up to the frame `end`, unless nothing is to be heard in it."""
        from fanal.engine.fingerprint.sound.peaks import pick  # late: loading the compiler takes half a second

        start = self._block * BLOCK
        first = self._first // HOP
        levels = _levels(self._heard[: (end + _MARGIN - first) * HOP + WINDOW - HOP])
        found = pick(levels, _surround(levels), PICKING)
        found[:, 0] += first
        found = found[(found[:, 0] >= start) & (found[:, 0] < end)]
        if len(found):
            yield Print(TECHNIQUE, _packed(found, start, end), time=round(start * FRAME, 3))


def audio_prints(samples: NDArray[np.float32]) -> tuple[Print, ...]:
    """Return the prints of a whole sound, one a minute: mono samples from -1 to 1, `RATE` a second."""
    listener = Listener()
    return listener.hear(samples) + listener.end()


def _sane(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return samples that are numbers within bounds: files may hold any bits."""
    numbers = np.nan_to_num(samples.astype(np.float32, copy=False), nan=0.0, posinf=0.0, neginf=0.0)
    return np.clip(numbers, -_LOUDEST, _LOUDEST)


def _levels(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return float32[frames, bins]: the logarithm to base 2 of the power, which is 0 for a full tone."""
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    shape = np.hanning(WINDOW + 1)[:-1].astype(np.float32) / np.float32(WINDOW / 4)
    levels = np.empty((len(windows), _BINS.stop - _BINS.start), np.float32)
    # In parts: a minute of windows laid out at once would leave the processor's cache.
    for at in range(0, len(windows), 256):
        spectrum = np.fft.rfft(windows[at : at + 256] * shape)[:, _BINS]
        levels[at : at + 256] = np.log2(spectrum.real**2 + spectrum.imag**2 + np.float32(1e-12))
    return levels


def _surround(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean level around each bin of each frame."""
    mean = levels.astype(np.float64)
    for axis, reach in enumerate(_AROUND):
        size = mean.shape[axis]
        sums = np.insert(np.cumsum(mean, axis=axis), 0, 0, axis=axis)
        low, high = np.maximum(np.arange(size) - reach, 0), np.minimum(np.arange(size) + reach + 1, size)
        counts = np.expand_dims(high - low, 1 - axis)
        mean = (np.take(sums, high, axis) - np.take(sums, low, axis)) / counts
    return mean.astype(np.float32)


def _packed(found: NDArray[np.float32], start: int, end: int) -> bytes:
    """Write peaks: the number of frames, then frames since the last peak, pitch, strength, a byte each.

    A strength of 0 is no peak: it only lets time pass, where more than 255 frames lie between two.
    """
    hertz = (found[:, 1] + _BINS.start) * (RATE / WINDOW)
    pitches = np.clip(np.rint(STEPS * np.log2(hertz / LOWEST)), 0, 255).astype(np.uint8)
    strengths = np.clip(np.rint(found[:, 2] * 16), 1, 255).astype(np.uint8)
    gaps = np.diff(found[:, 0].astype(np.int64) - start, prepend=0)
    idle = gaps // 255
    rows = np.zeros((len(found) + int(idle.sum()), _PEAK), np.uint8)
    rows[:, 0] = 255
    rows[np.arange(len(found)) + np.cumsum(idle)] = np.stack([gaps % 255, pitches, strengths], axis=1)
    return _HEAD.pack(end - start) + rows.tobytes()


def peaks_of(untrusted_data: bytes) -> Peaks:
    """Read what a print holds, times from its start. Raises ValueError for what no print of a sound is."""
    if len(untrusted_data) < _HEAD.size or (len(untrusted_data) - _HEAD.size) % _PEAK:
        raise ValueError("A print of sound has two bytes, and three for each peak.")
    (length,) = _HEAD.unpack_from(untrusted_data)
    rows = np.frombuffer(untrusted_data, np.uint8, offset=_HEAD.size).reshape(-1, _PEAK)
    frames = np.cumsum(rows[:, 0], dtype=np.int64)
    if length > BLOCK or (len(rows) and frames[-1] >= length):
        raise ValueError("A print of sound holds peaks of its own minute only.")
    peaks = rows[:, 2] > 0
    return Peaks(frames[peaks].astype(np.int32), rows[peaks, 1].astype(np.int32), rows[peaks, 2])
