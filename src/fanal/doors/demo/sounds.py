"""Sounds made from nothing: murmurs in the manner of speech (no words) and little tunes."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from fanal.doors.demo.plan import Note

RATE = 22050
Samples = np.ndarray[tuple[int], np.dtype[np.float32]]

_VOWELS = (
    (730, 1090, 2440),
    (270, 2290, 3010),
    (300, 870, 2240),
    (530, 1840, 2480),
    (570, 840, 2410),
    (440, 1020, 2240),
)


def tune(name: str, seed: int, seconds: float = 12.0) -> Samples:
    """Return the sound of that name: "murmur-…" is voice-like, anything else a melody. Mono, RATE samples a second."""
    rng = np.random.default_rng([seed, *name.encode()])
    made = _murmur(rng, seconds) if name.startswith("murmur") else _melody(rng, seconds)
    return np.asarray(made / np.abs(made).max() * 0.7, np.float32)


def _murmur(rng: np.random.Generator, seconds: float) -> Samples:
    """Syllables of a buzzing source through three resonances: the classic formant model of vowels."""
    parts, length, pitch = [], 0, float(rng.uniform(100, 190))
    while length < seconds * RATE:
        count = int(rng.uniform(0.11, 0.26) * RATE)
        t = np.arange(count) / RATE
        glide = pitch * (1 + 0.12 * rng.standard_normal() - 0.1 * t / t[-1])
        phase = 2 * np.pi * np.cumsum(np.full(count, glide) * (1 + 0.01 * np.sin(2 * np.pi * 5 * t))) / RATE
        tones = np.zeros(count)
        vowel = _VOWELS[int(rng.integers(len(_VOWELS)))]
        for harmonic in range(1, 28):
            frequency = harmonic * glide
            weight = sum(1 / (1 + ((frequency - f) / (60 + f * 0.05)) ** 2) / (1 + k) for k, f in enumerate(vowel))
            tones += np.sin(harmonic * phase) * weight / harmonic**0.4
        envelope = np.minimum(1, np.minimum(t, t[-1] - t) / 0.03)
        parts.append(tones * envelope + rng.standard_normal(count) * 0.004)
        pause = int(RATE * (rng.uniform(0.25, 0.5) if rng.random() < 0.16 else 0.02))
        parts.append(rng.standard_normal(pause) * 0.004)
        length += count + pause
    return np.concatenate(parts)[: int(seconds * RATE)].astype(np.float32)


def _melody(rng: np.random.Generator, seconds: float) -> Samples:
    """A music box: plucked notes of a pentatonic scale."""
    total = np.zeros(int(seconds * RATE), np.float32)
    scale = np.array([0, 2, 4, 7, 9, 12, 14, 16])
    step, at = 0.28, 0.0
    while at < seconds - 0.3:
        frequency = 330 * 2 ** (scale[int(rng.integers(len(scale)))] / 12)
        t = np.arange(min(int(1.4 * RATE), len(total) - int(at * RATE))) / RATE
        note = sum(np.sin(2 * np.pi * frequency * k * t) / k**1.6 for k in (1, 2, 3, 5)) * np.exp(-t * 3.2)
        total[int(at * RATE) : int(at * RATE) + len(t)] += note.astype(np.float32)
        at += step * float(rng.choice([1, 1, 2, 0.5]))
    return total


def part(samples: Samples, cut: tuple[float, float], hiss: float, seed: int) -> Samples:
    """The seconds from `cut[0]` to `cut[1]`, with noise of strength `hiss`."""
    piece = samples[int(cut[0] * RATE) : int(cut[1] * RATE)]
    noise = np.random.default_rng(seed).standard_normal(len(piece)).astype(np.float32)
    return np.asarray(np.clip(piece + noise * hiss, -1, 1), np.float32)


_CODECS = {".wav": "pcm_s16le", ".flac": "flac", ".m4a": "aac", ".mp3": "libmp3lame"}


def record(note: Note, seed: int, file: Path) -> None:
    """Write a note as WAV, FLAC, M4A or MP3, as its name says."""
    file.parent.mkdir(parents=True, exist_ok=True)
    samples = part(tune(note.tune, seed), note.cut, note.hiss, seed)
    with av.open(str(file), "w", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream(_CODECS[file.suffix], rate=RATE)
        if not isinstance(stream, av.AudioStream):
            raise TypeError(f"{file.suffix} is not a form of sound")
        stream.layout = "mono"
        if file.suffix in {".m4a", ".mp3"}:
            stream.bit_rate = note.bitrate
        feed(container, stream, samples)


def feed(container: av.container.OutputContainer, stream: av.AudioStream, samples: Samples) -> None:
    """Encode mono samples into a stream and flush it."""
    shorts = (samples * 32767).astype(np.int16)[None, :]
    resampler = av.AudioResampler(format=stream.codec_context.format or "s16", layout="mono", rate=RATE)
    for start in range(0, shorts.shape[1], 4608):
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(shorts[:, start : start + 4608]), format="s16", layout="mono"
        )
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        for ready in resampler.resample(frame):
            container.mux(stream.encode(ready))
    for ready in resampler.resample(None):
        container.mux(stream.encode(ready))
    container.mux(stream.encode(None))
