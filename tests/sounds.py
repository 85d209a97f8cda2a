"""Drawn sounds: something like a voice, whose pitch glides, whose partials come and go, and which pauses for breath."""

import csv
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.sound.prints import RATE

SEED = 20_150_611
SHARED = Path(os.environ.get("FANAL_SHARED") or Path(__file__).resolve().parents[2] / "shared")
Sound = NDArray[np.float32]


@cache
def voice(number: int, seconds: float = 6.0) -> Sound:
    """Return a voice of its own for each number, float32 between -1 and 1."""
    draw = np.random.default_rng([SEED, number])
    time = np.arange(int(seconds * RATE)) / RATE
    knots = np.arange(0, seconds + 0.2, 0.12)
    pitch = np.interp(time, knots, draw.uniform(110, 260, len(knots)))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    partials = np.arange(1, 13)
    levels = draw.exponential(1.0, (len(partials), len(knots))) * (0.85**partials)[:, None]
    sound = sum(np.sin(phase * n) * np.interp(time, knots, level) for n, level in zip(partials, levels, strict=True))
    breath = np.interp(time, knots, (draw.uniform(size=len(knots)) > 0.2).astype(float))
    return scaled(np.asarray(sound * breath))


def hiss(seconds: float, number: int = 0) -> Sound:
    """Return white noise."""
    return scaled(np.random.default_rng([SEED, 99, number]).normal(size=int(seconds * RATE)))


def tones(seconds: float, *hertz: float) -> Sound:
    """Return steady tones."""
    time = np.arange(int(seconds * RATE)) / RATE
    return scaled(np.sum([np.sin(2 * np.pi * h * time) for h in hertz], axis=0))


def scaled(sound: NDArray[Any]) -> Sound:
    """Return a sound whose mean power is that of quiet speech."""
    quiet: Sound = (sound * (0.05 / np.sqrt(np.mean(np.square(sound))))).astype(np.float32)
    return quiet


def mixed(sound: Sound, other: Sound, decibels: float) -> Sound:
    """Return both together, the other one so much less loud."""
    both: Sound = (scaled(sound) + scaled(other[: len(sound)]) * np.float32(10 ** (-decibels / 20))).astype(np.float32)
    return both


def faster(sound: Sound, speed: float) -> Sound:
    """Return a sound as a tape plays it at another speed."""
    played: Sound = np.interp(np.arange(0, len(sound) - 1, speed), np.arange(len(sound)), sound).astype(np.float32)
    return played


def decoded(path: Path) -> Sound:
    """Return a file's sound, mono, as it is listened to."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        frames = [made for frame in container.decode(audio=0) for made in resampler.resample(frame)]
        frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames]).astype(np.float32)


def recordings() -> dict[str, Sound]:
    """Return the recordings of the open evaluation set by id."""
    folder = SHARED / "eval"
    with (folder / "abase.csv").open() as listed:
        return {row["id"]: decoded(folder / "abase" / f"{row['id']}.flac") for row in csv.DictReader(listed)}


def altered() -> Iterator[tuple[str, str, float, Sound]]:
    """Yield the edited recordings of the open evaluation set: edit, id of the original, its seconds, sound."""
    folder = SHARED / "eval"
    with (folder / "truth_audio.csv").open() as listed:
        for row in csv.DictReader(listed):
            yield row["transform"], row["original"], float(row["seconds"]), decoded(folder / row["query"])
